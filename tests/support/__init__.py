"""What the suites share: clients, processes, servers, and portals to test.

| module | what it has |
|---|---|
| `checkout` | the template's files, as a clone would have them |
| `waiting` | `wait_until`, the one way to wait for a condition |
| `network` | free ports of the loopback address |
| `processes` | a process that runs beside a test, with its log |
| `servers` | the seven real servers of tier I, as Debian packages them |
| `installation` | a portal's folder: its commands, servers and workers, without containers |
| `compose` | a portal's compose project: its commands and containers |
| `visitor` | an HTTP and WebSocket client that keeps cookies as a browser does |
| `browser` | windows of a real Chromium |
| `pictures`, `one_time_codes` | test data |
"""
