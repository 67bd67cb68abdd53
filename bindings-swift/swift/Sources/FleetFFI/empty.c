// SwiftPM builds no module from headers alone.
