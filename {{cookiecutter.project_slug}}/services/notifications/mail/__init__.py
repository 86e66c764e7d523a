"""Notifications by mail, in three steps, each of which is a row before and after.

1. `planning`: in the transaction in which a chunk is done, a row for each message and person that is to be mailed.
2. `composing`: one mail for each person, in the transaction that deletes these rows.
3. core.mail: sends the mail, and tries again.
"""
