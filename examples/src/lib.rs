//! Examples share nothing; each is a program of its own.
