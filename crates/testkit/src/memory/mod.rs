//! Backends in memory, one set for everybody's tests. They are stricter than real ones: what a contract forbids they refuse.
