"""Who is logged in, where a login is configured: the [auth] section of .streamlit/secrets.toml (docs/deploy.md)."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError


def is_required() -> bool:
    """Whether [auth] is configured. A secrets file that cannot be read is an error, never an open door."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        if any(Path(file).exists() for file in st.get_option("secrets.files")):
            raise
        return False


def is_open() -> bool:
    """Whether this visitor may come in: no login is required, or they are logged in."""
    return not is_required() or bool(st.user.get("is_logged_in"))


def user_token() -> str | None:
    """What names the logged-in user for good (issuer and subject); None when no login is required.

    Raises PermissionError when one is required and nobody is logged in, or when the provider names no subject.
    """
    if not is_required():
        return None
    issuer, subject = st.user.get("iss"), st.user.get("sub")
    if not st.user.get("is_logged_in") or not issuer or not subject:
        raise PermissionError("a login with iss and sub is required")
    return f"oidc {json.dumps([issuer, subject])}"
