//! The codes of this registry.

releasekit_core::codes! {
    INVALID_INDEX = "RK-PYPI-INVALID-INDEX", Invalid, "the answer is not a page of a package index",
        "The server answered with success, yet not with a page of the simple API (PEP 503 or PEP 691): a login form, \
         another content type, a later version of the API, or JSON without a list of files. `registry_url` is the \
         URL of the simple index, such as `https://pypi.org/simple/`; correct it, or give a credential. Or the page lists \
         one file more than once, and not as the same file, as an index that merges others can: nobody knows then which \
         of them an installer gets.",
        help: "check that `registry_url` is the URL of the simple index";
    INVALID_PACKAGE = "RK-PYPI-INVALID-PACKAGE", Invalid, "this is no name or version of a Python package",
        "An index can only be asked for names as PEP 508 and versions as PEP 440 define them. Correct the name or the \
         version in the package's `pyproject.toml`.";
    NO_YANK = "RK-PYPI-NO-YANK", Unsupported, "a package index has no API that yanks",
        "PEP 592 says how an index lists a release as yanked, and no API lets a program yank one: on PyPI an owner does it on the \
         page of the release, by hand. Other indexes have tools of their own. Nothing was changed.",
        help: "yank it by hand, with the tools of the index";
}
