//! The integration tests are the binary `it`; a package needs a library or program to stand on, and this is it.
