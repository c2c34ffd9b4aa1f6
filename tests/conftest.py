"""What tests of several folders share."""

import pytest


@pytest.fixture(scope="session")
def browser():
    """The one browser of all tests in this process: a thread cannot drive two."""
    # Not every environment in which tests run has what drives it.
    from chromium import chromium

    with chromium() as browser:
        yield browser
