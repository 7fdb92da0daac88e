//! The codes that default methods of the traits raise.

crate::codes! {
    UNSUPPORTED = "RK-BACKEND-UNSUPPORTED", Unsupported, "a backend cannot do what was asked of it",
        "The registry, tool or version control system has no such operation, or its backend in this binary does not know it. Nothing was changed. Whoever wrote the backend should see that what it says of itself is right.";
}
