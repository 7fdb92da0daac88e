//! The codes that the traits speak of: those of their default methods, and those that every backend raises for the same.

crate::codes! {
    UNSUPPORTED = "RK-BACKEND-UNSUPPORTED", Unsupported, "a backend cannot do what was asked of it",
        "The registry, tool or version control system has no such operation, or its backend in this binary does not know it. Nothing was changed. Whoever wrote the backend should see that what it says of itself is right.";
    REQUIREMENT_AHEAD = "RK-REQUIREMENT-AHEAD", Precondition, "a requirement asks for more than is planned",
        "A package requires a version of another one of this repository that lies above the one that is planned for that, as people write it who know what is coming. A lower bound is never lowered, so the package that declares it waits, and with it those that need that one; everything else is released. Have the other package move that far, or lower the requirement by hand.",
        help: "have the required package move that far, or lower the requirement";
}
