"""Everything that can go wrong and that a user can mend: a code, a message and a hint, in both languages.

Pages and the command line catch AnalyticsError and nothing else; any other exception is a bug and must be seen.
"""

from __future__ import annotations

from analytics.i18n import Lang, Text


class AnalyticsError(Exception):
    """Something the user can mend.

    code     stable dotted name for tests, logs and ``--json``, such as ``file.empty``
    message  what is wrong, in words
    hint     what to do now
    """

    def __init__(self, code: str, message: Text, hint: Text) -> None:
        super().__init__(f"{code}: {message.in_language('en')}")
        self.code = code
        self.message = message
        self.hint = hint

    def in_language(self, lang: Lang) -> str:
        """One line: what is wrong, then what to do."""
        return f"{self.message.in_language(lang)} {self.hint.in_language(lang)}"

    def __reduce__(self) -> tuple[type[AnalyticsError], tuple[str, Text, Text]]:
        """Errors cross from the parsing child process to the app by pickle."""
        return type(self), (self.code, self.message, self.hint)


class FileError(AnalyticsError):
    """The file cannot be read as a table (codes ``file.*``)."""


class PasswordNeededError(FileError):
    """The workbook is encrypted and no password, or a wrong one, was given (``file.password``)."""


class MappingError(AnalyticsError):
    """The columns named for the roles do not fit the table (codes ``mapping.*``)."""


class DataError(AnalyticsError):
    """The table was read, but holds nothing that a model could use (codes ``data.*``)."""


class ParamError(AnalyticsError):
    """A parameter is outside what its model accepts (codes ``param.*``)."""
