"""Requests that are refused, each with its HTTP status."""

from __future__ import annotations

from lstm_toolkit.errors import bounded


class RequestError(Exception):
    """A request is not answered; its text is what the client reads."""

    status = 400

    def __init__(self, message: str):
        super().__init__(bounded(message))


class InvalidRequestError(RequestError):
    """The request is not what the model takes."""


class UnauthorizedError(RequestError):
    """It brings no token, or another one."""

    status = 401


class ForbiddenError(RequestError):
    """It comes from a page of another site."""

    status = 403


class UnknownModelError(RequestError):
    """No such model, version or address."""

    status = 404


class SlowClientError(RequestError):
    """The client did not send its request in time."""

    status = 408


class TooLargeError(RequestError):
    """A body, a text, or the number of rows is above its limit."""

    status = 413


class ContentTypeError(RequestError):
    """The body is compressed."""

    status = 415


class BusyError(RequestError):
    """Too many requests wait already."""

    status = 429


class ModelFailureError(RequestError):
    """The model failed, and not because of what it was asked."""

    status = 500


class UnavailableError(RequestError):
    """The model is there and does not answer yet."""

    status = 503


class TimeLimitError(RequestError):
    """The model did not answer in time."""

    status = 504
