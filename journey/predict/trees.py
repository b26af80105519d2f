"""Boosted trees as plain arrays: evaluated, explained and stored without the library that grew them.

Known limit: what a feature contributes is told along the paths of the trees (path-dependent), so that of two features
that say the same, either may be given the credit.
Source: Lundberg, Erion, Lee 2018, "Consistent Individualized Feature Attribution for Tree Ensembles".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Tree:
    """Nodes from 0, the root.  A value <= threshold goes left; missing goes as the tree learned; leaves have left = -1.

    weight: customers learned from, by node.  value: log-odds added, by leaf.
    """

    left: np.ndarray
    right: np.ndarray
    missing: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    value: np.ndarray
    weight: np.ndarray

    def as_plain(self) -> dict[str, Any]:
        return {name: getattr(self, name).tolist() for name in self.__dataclass_fields__}


@dataclass(frozen=True, eq=False)
class Trees:
    """start: log-odds before the first tree."""

    start: float
    trees: tuple[Tree, ...]

    def log_odds(self, values: np.ndarray) -> np.ndarray:
        """(n, k) raw -> (n,)."""
        from journey.predict.kernel import add_leaves  # its compiler takes a while to import

        total = np.full(len(values), self.start)
        if self.trees:
            add_leaves(np.ascontiguousarray(values, dtype=float), total, *self._laid_out)
        return total

    @cached_property
    def _laid_out(self) -> tuple[np.ndarray, ...]:
        """The roots, and the nodes of all trees one after the other."""
        starts = np.cumsum([0, *(len(tree.left) for tree in self.trees[:-1])])
        columns = ("left", "right", "missing", "feature", "threshold", "value")
        return starts, *(np.concatenate([getattr(tree, name) for tree in self.trees]) for name in columns)

    @cached_property
    def base(self) -> float:
        """The mean log-odds of those learned from."""
        return self.start + sum(float((tree.value * _reach(tree)).sum()) for tree in self.trees)

    def contributions(self, values: np.ndarray) -> tuple[float, np.ndarray]:
        """(base, (n, k)): base + the sum of a row = its log-odds, to rounding."""
        if not self.trees:
            return self.start, np.zeros(values.shape)
        import shap  # takes seconds to import

        explainer = shap.TreeExplainer({"trees": [_told(tree) for tree in self.trees], "base_offset": self.start, **TYPES})
        found = np.asarray(explainer.shap_values(values, check_additivity=False), dtype=float)
        return self.base, found.reshape(values.shape)

    def as_plain(self) -> dict[str, Any]:
        return {"start": self.start, "trees": [tree.as_plain() for tree in self.trees]}


TYPES = {"input_dtype": np.float64, "internal_dtype": np.float64, "tree_output": "log_odds", "objective": "binary_crossentropy"}


def read_trees(plain: Mapping[str, Any]) -> Trees:
    """What `as_plain` wrote."""
    whole = ("left", "right", "missing", "feature")
    return Trees(
        float(plain["start"]),
        tuple(
            Tree(**{name: np.array(column, dtype=int if name in whole else float) for name, column in tree.items()})
            for tree in plain["trees"]
        ),
    )


def plain_trees(model: Any) -> Trees:
    """The trees of a fitted HistGradientBoostingClassifier with two classes and no native categoricals."""
    return Trees(float(np.ravel(model._baseline_prediction)[0]), tuple(_plain(grown[0].nodes) for grown in model._predictors))


def _plain(nodes: np.ndarray) -> Tree:
    leaf = nodes["is_leaf"].astype(bool)
    left, right = (np.where(leaf, -1, nodes[side].astype(int)) for side in ("left", "right"))
    return Tree(
        left,
        right,
        np.where(leaf, -1, np.where(nodes["missing_go_to_left"], left, right)),
        np.where(leaf, 0, nodes["feature_idx"].astype(int)),
        np.where(leaf, 0.0, nodes["num_threshold"]),
        np.where(leaf, nodes["value"], 0.0),
        nodes["count"].astype(float),
    )


def _told(tree: Tree) -> dict[str, np.ndarray]:
    return {
        "children_left": tree.left,
        "children_right": tree.right,
        "children_default": tree.missing,
        "features": tree.feature,
        "thresholds": tree.threshold,
        "values": tree.value.reshape(-1, 1),
        "node_sample_weight": tree.weight,
    }


def _reach(tree: Tree) -> np.ndarray:
    """(nodes,): the share of those learned from that ended in each leaf."""
    return np.where(tree.left < 0, tree.weight, 0.0) / max(tree.weight[0], 1.0)
