"""The built-in room: one to one in the browser, on our own server and nobody else's."""
