"""The HTTP service around the library: plain routes and LangServe. The library never imports it."""
