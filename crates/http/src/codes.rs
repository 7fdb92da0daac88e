//! The codes that a request can fail with.

releasekit_core::codes! {
    OFFLINE = "RK-HTTP-OFFLINE", Precondition, "the network is off limits",
        "A command that was told to stay offline needs an answer from a server. Run it again without `--offline`, or \
         use a command that reads the repository only.",
        help: "run the command again without `--offline`";
    SETTINGS = "RK-HTTP-SETTINGS", Invalid, "a network setting cannot be used",
        "A proxy variable holds no URL, or a file named by `SSL_CERT_FILE`, `SSL_CERT_DIR` or `NETRC` cannot be read. \
         The message names the variable or the file; correct it or unset it.";
    INVALID_REQUEST = "RK-HTTP-INVALID-REQUEST", Invalid, "a request cannot be made from this URL",
        "The URL is not an absolute `http` or `https` URL, or a header holds a character that HTTP does not allow. \
         Correct the URL in the configuration or in the server that gave it.";
    CONNECT = "RK-HTTP-CONNECT", Transient, "no connection to the server",
        "The name does not resolve, nobody listens there, or a proxy refuses. It has been tried several times. Check \
         the URL, the network, and `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.",
        help: "check the URL, the network and the proxy variables";
    CERTIFICATE = "RK-HTTP-CERTIFICATE", Precondition, "the server's certificate is not trusted",
        "No trusted authority has signed the certificate, or it is for another name or out of date. Name the \
         authority's certificate with `SSL_CERT_FILE` or `SSL_CERT_DIR`, as for the package tools.",
        help: "name the authority that signed it with `SSL_CERT_FILE`";
    TIMEOUT = "RK-HTTP-TIMEOUT", Transient, "the server takes too long to answer",
        "The server did not accept the connection, or sent nothing for too long. It has been tried several times. Try \
         again later.",
        help: "try again later";
    INTERRUPTED = "RK-HTTP-INTERRUPTED", Transient, "the connection ended before the answer did",
        "The server, or something on the way, closed the connection. A request that reads has been tried several \
         times. Whether a request that writes was carried out is not known.";
    REDIRECT = "RK-HTTP-REDIRECT", Invalid, "a redirection is not followed",
        "The server redirects too often, to no URL at all, or from `https` to `http`. Use the URL that it redirects \
         to, or have the server corrected.";
    UNAUTHENTICATED = "RK-HTTP-UNAUTHENTICATED", Unauthenticated, "the server wants a credential, or does not know this one",
        "The server answered 401. Put the user and the password for this host into `.netrc` or into the URL, or \
         correct them.",
        help: "put user and password for this host into `.netrc` or into the URL";
    FORBIDDEN = "RK-HTTP-FORBIDDEN", Forbidden, "the server forbids this",
        "The server answered 403: it knows who asks, and says no. Ask for the right to do this, or use another \
         credential.";
    NOT_FOUND = "RK-HTTP-NOT-FOUND", NotFound, "the server has nothing at this URL",
        "The server answered 404 or 410. Check the URL.";
    CONFLICT = "RK-HTTP-CONFLICT", Conflict, "the server says that this exists already",
        "The server answered 409: what is to be written exists already, often with other content.";
    RATE_LIMITED = "RK-HTTP-RATE-LIMITED", RateLimited, "the server wants fewer requests",
        "The server answered 429, also after waiting as long as it asked for, or it asks for more time than a command \
         waits. Try again later.",
        help: "try again later";
    SERVER = "RK-HTTP-SERVER", Transient, "the server failed",
        "The server answered with a status of 500 or above. A request that reads has been tried several times. Try \
         again later, and look at the server's status page.",
        help: "try again later";
    STATUS = "RK-HTTP-STATUS", Invalid, "the server refuses the request",
        "The server answered with a status that says that the request is wrong. What it said is shown with the error.";
    TOO_LARGE = "RK-HTTP-TOO-LARGE", Invalid, "the answer is too large",
        "The answer is larger than any page of this kind should be, so reading it was stopped. Check that the URL is \
         the one of an index.";
    DISK = "RK-HTTP-DISK", Precondition, "a downloaded file cannot be written",
        "The disk is full, or the folder cannot be written to. Nothing is left of the file.";
}
