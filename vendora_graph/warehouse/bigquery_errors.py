"""What the BigQuery client raises, in our words."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TypeVar

from requests import exceptions as http

from vendora_graph.errors import QueryTimeoutError, WarehouseError, WarehouseUnavailableError

with warnings.catch_warnings():  # about ciphers of a transport that is not used here
    warnings.simplefilter("ignore", FutureWarning)
    from google.api_core import exceptions as gcp
    from google.auth.exceptions import GoogleAuthError, TransportError

T = TypeVar("T")

_CODES = {
    401: "BigQuery does not accept the credentials; sign in again.",
    403: "The BigQuery account may not run this query; it needs bigquery.jobUser and bigquery.dataViewer.",
    404: "BigQuery has no such dataset or table. Load the demo with `vendora warehouse load URL`, or correct the URL.",
}
_RESTS = {"bytesBilledLimitExceeded": "The query would read more than it may; ask for a shorter period or fewer columns."}


def translating(work: Callable[[], T]) -> T:
    """Run a call of the client; say what went wrong without the server's words, except of statements it cannot compile."""
    try:
        return work()
    except (gcp.RetryError, gcp.ServiceUnavailable, gcp.TooManyRequests, gcp.BadGateway, http.ConnectionError, TransportError) as error:
        raise WarehouseUnavailableError("BigQuery cannot be reached just now; check the network and the credentials.") from error
    except GoogleAuthError as error:
        raise WarehouseError(_CODES[401]) from error
    except (http.Timeout, TimeoutError, gcp.DeadlineExceeded) as error:
        raise QueryTimeoutError("BigQuery did not answer in time; ask for a shorter period or fewer groups.") from error
    except gcp.GoogleAPICallError as error:
        raise _refused(error) from error


def _refused(error: gcp.GoogleAPICallError) -> WarehouseError:
    told = next((one for one in error.errors or () if isinstance(one, Mapping)), {})
    reason = str(told.get("reason", ""))
    if reason == "stopped":
        return QueryTimeoutError("The query was stopped.")
    if isinstance(error, gcp.InternalServerError) and reason not in _RESTS:
        return WarehouseUnavailableError("BigQuery failed; try again.")
    if isinstance(error, gcp.BadRequest) and reason in ("invalidQuery", "invalid"):
        return WarehouseError(f"BigQuery cannot run the query: {str(told.get('message', '')).partition(chr(10))[0][:300]}")
    if reason in _RESTS or error.code in _CODES:
        return WarehouseError(_RESTS.get(reason) or _CODES[error.code or 0])
    return WarehouseError(f"BigQuery failed on the query ({type(error).__name__}{f', {reason}' if reason else ''}).")
