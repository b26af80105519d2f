"""What goes wrong, said so that a person can mend it: what was wrong, what was found, what to do."""


class JourneyError(Exception):
    """The message is shown to the person unchanged."""


class QuestionError(JourneyError):
    """A question that cannot be asked: an unknown option, a value out of range."""


class LoadError(JourneyError):
    """A file that cannot be loaded, or a mapping that does not fit it."""


class WorkspaceError(JourneyError):
    """A workspace that cannot be opened or is not one."""
