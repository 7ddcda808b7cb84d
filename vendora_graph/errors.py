"""The exception tree: each class says who must act.

Exit codes: 2 usage, 3 clarify, 4 refused, 5 not held or empty, 6 partial or withheld, 7 data or engine, 8 model.
"""

from __future__ import annotations


class VendoraError(Exception):
    """Base of every error this package raises on purpose.

    Attributes:
        exit_code: What the command line ends with.
    """

    exit_code = 7


class QuestionError(VendoraError):
    """The asker must change the question or its wishes (empty, too long, unknown store or role)."""

    exit_code = 2


class NotAllowedError(VendoraError):
    """The asker's role may not do this; the message names who may."""

    exit_code = 4


class ConfigError(VendoraError):
    """Whoever installed this must change a setting or a file."""

    exit_code = 2


class SemanticModelError(ConfigError):
    """A semantic model file is wrong; the message carries file and line."""


class ConversationBusyError(QuestionError):
    """The conversation is still working on its last question; the asker waits for it or begins another."""


class UnknownMetricError(QuestionError):
    """No such metric, dimension or value; the message carries the nearest ones."""


class ModelError(VendoraError):
    """A language model could not be reached or used."""

    exit_code = 8


class ModelUnreachableError(ModelError):
    """A provider was not reached or is refusing everybody just now; a fallback may answer instead."""


class ModelOutputError(ModelError):
    """A model answered with nothing, prose or a wrong shape after one repair."""


class LimitExceededError(ModelError):
    """A limit of this question (calls, tokens, seconds, money) was hit."""


class WarehouseError(VendoraError):
    """The database refused or failed."""


class WarehouseUnavailableError(WarehouseError):
    """The database cannot be reached just now; the only error that is retried."""


class QueryRefusedError(WarehouseError):
    """The guard refused a statement; the message says what to change."""

    exit_code = 4


class QueryTimeoutError(WarehouseError):
    """A statement ran past its deadline and was cancelled."""


class CorruptWarehouseError(WarehouseError):
    """The database file is damaged, locked or of another version."""


class DemoDataError(WarehouseError):
    """The demo dealership could not be built."""


class CheckpointError(VendoraError):
    """The conversation store cannot be read or written."""


class InternalError(VendoraError):
    """We must act: an invariant of this package does not hold."""
