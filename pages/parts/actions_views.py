"""The views of the Actions page, one at a time: only what is looked at is asked."""

VIEW = "actions_view"
# Each is called with the page and the catalog in force.
VIEWS = {
    "To approve": ("actions_queue", "show_queue"),
    "Results": ("actions_results", "show_results"),
    "Catalog": ("actions_catalog", "show_catalog"),
    "Rules": ("actions_rules", "show_rules"),
    "Before launch": ("actions_launch", "show_launch"),
    "Health": ("actions_health", "show_health"),
}
