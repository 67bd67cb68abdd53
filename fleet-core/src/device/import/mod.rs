//! Importing devices: reading the file, deciding each line.
