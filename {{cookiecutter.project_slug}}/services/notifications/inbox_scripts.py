"""The Lua scripts of the inboxes. Redis runs each as a whole, so no other command sees a half of it.

The keys of a person's inbox begin with KEYS[1] and the person's id:

    :entries    a sorted set: member and score are the id of a message. The member 0 says that the database has no
                older message. So an empty inbox exists. Trimming takes this member away first.
    :unread     a set: the ids of the entries that are not read
    :deleted    a sorted set, only after a deletion: the ids of messages that the person deleted
    :building   a token while the inbox is built from the database

All of them lapse when nobody has read the inbox for a while. The content of a message is stored once, under KEYS[2] and
its id, and may lapse earlier. KEYS[2] and `deleted` has the id of the last message that was deleted because of its age.

https://redis.io/docs/latest/develop/programmability/lua-api/
"""

# Adds a message to inboxes that exist. Another is built from the database when it is next read. One that is being built
# is built again, because the message may not be in what was read.
#
# The first line writes nothing. It is there for a full store: Redis refuses the first write of a script that takes
# memory, and none after a DEL, so the script would go on beyond the store's limit.
# ARGV: id, bound, content, seconds of the content, number of people who have not read it, these people, the others
DELIVER = """
redis.call('SETRANGE', KEYS[2] .. 'room', 0, '')
local id, bound, unread_people = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[5])
local added = 0
for index = 6, #ARGV do
  local inbox = KEYS[1] .. ARGV[index]
  local entries = inbox .. ':entries'
  redis.call('DEL', inbox .. ':building')
  local number = redis.call('ZCARD', entries)
  if number > 0 and not redis.call('ZSCORE', inbox .. ':deleted', id)
      and redis.call('ZADD', entries, 'NX', id, id) == 1 then
    added = added + 1
    local unread = inbox .. ':unread'
    if index < 6 + unread_people then
      redis.call('SADD', unread, id)
      if redis.call('SCARD', unread) == 1 then
        redis.call('PEXPIRE', unread, redis.call('PTTL', entries))
      end
    end
    local surplus = number + 1 - bound
    if surplus > 1 or (surplus == 1 and not redis.call('ZSCORE', entries, '0')) then
      local trimmed = redis.call('ZPOPMIN', entries, surplus)
      for position = 1, #trimmed, 2 do redis.call('SREM', unread, trimmed[position]) end
    end
  end
end
if added > 0 then redis.call('SET', KEYS[2] .. id, ARGV[3], 'EX', ARGV[4]) end
return added
"""

# What precedes each reading of an inbox: messages that were deleted because of their age are removed, and the keys live
# for `seconds` more. That is renewed at most once a day, because each write waits for the disk.
PREPARE = """
local function prepare(inbox, seconds)
  local deleted = redis.call('GET', KEYS[2] .. 'deleted')
  if deleted then
    local old = redis.call('ZRANGEBYSCORE', inbox .. ':entries', 1, deleted)
    for _, id in ipairs(old) do
      redis.call('ZREM', inbox .. ':entries', id)
      redis.call('SREM', inbox .. ':unread', id)
    end
  end
  local left = redis.call('TTL', inbox .. ':entries')
  if left >= 0 and left < seconds - 86400 then
    for _, part in ipairs({':entries', ':unread', ':deleted'}) do
      redis.call('EXPIRE', inbox .. part, seconds)
    end
  end
end
"""

# Returns the number of unread entries; nothing without an inbox.
# ARGV: person, seconds
COUNT = (
    PREPARE
    + """
local inbox = KEYS[1] .. ARGV[1]
prepare(inbox, tonumber(ARGV[2]))
if redis.call('EXISTS', inbox .. ':entries') == 0 then return false end
return redis.call('SCARD', inbox .. ':unread')
"""
)

# Returns whether the inbox has all messages of the database, and of the entries below `before`, newest first: the ids,
# whether each is unread, and the contents. Returns nothing without an inbox.
# ARGV: person, seconds, before ('+inf' for the newest), most entries, 1 for unread ones only
READ = (
    PREPARE
    + """
local inbox = KEYS[1] .. ARGV[1]
prepare(inbox, tonumber(ARGV[2]))
local entries = redis.call('ZREVRANGEBYSCORE', inbox .. ':entries', ARGV[3], 1)
local complete = redis.call('ZSCORE', inbox .. ':entries', '0') and 1 or 0
if #entries == 0 and complete == 0 and redis.call('EXISTS', inbox .. ':entries') == 0 then return false end
local pending = {}
for _, id in ipairs(redis.call('SMEMBERS', inbox .. ':unread')) do pending[id] = true end
local ids, unread, keys = {}, {}, {}
for _, id in ipairs(entries) do
  if #ids == tonumber(ARGV[4]) then break end
  if pending[id] or ARGV[5] ~= '1' then
    ids[#ids + 1] = id
    unread[#ids] = pending[id] and 1 or 0
    keys[#ids] = KEYS[2] .. id
  end
end
local contents = {}
if #keys > 0 then contents = redis.call('MGET', unpack(keys)) end
return {complete, ids, unread, contents}
"""
)

# Marks messages as read, or removes them. A message that is not in the inbox and was not trimmed was not delivered yet:
# then the inbox is dropped, because the delivery would bring an unread entry.
# ARGV: person, bound, 'read' or 'delete', the ids
CHANGE = """
local inbox, bound, deletes = KEYS[1] .. ARGV[1], tonumber(ARGV[2]), ARGV[3] == 'delete'
local entries, unread, deleted = inbox .. ':entries', inbox .. ':unread', inbox .. ':deleted'
redis.call('DEL', inbox .. ':building')
local lowest = redis.call('ZRANGE', entries, 0, 0)[1]
if not lowest then return 0 end
for index = 4, #ARGV do
  local id = ARGV[index]
  redis.call('SREM', unread, id)
  if redis.call('ZSCORE', entries, id) then
    if deletes then
      redis.call('ZREM', entries, id)
      redis.call('ZADD', deleted, id, id)
    end
  elseif tonumber(id) >= tonumber(lowest) and not redis.call('ZSCORE', deleted, id) then
    redis.call('DEL', entries, unread)
    return 0
  end
end
if deletes then
  redis.call('ZREMRANGEBYRANK', deleted, 0, -1 - bound)
  local left = redis.call('PTTL', entries)
  if left > 0 then redis.call('PEXPIRE', deleted, left) end
end
return 1
"""

# Writes an inbox that was read from the database, unless something changed it meanwhile. Returns whether it did.
# ARGV: person, token, seconds, JSON: {entries: [ids], unread: [ids], deleted: [ids]}
WRITE = """
local inbox = KEYS[1] .. ARGV[1]
if redis.call('GET', inbox .. ':building') ~= ARGV[2] then return 0 end
redis.call('DEL', inbox .. ':building', inbox .. ':entries', inbox .. ':unread', inbox .. ':deleted')
local found = cjson.decode(ARGV[4])
for _, id in ipairs(found.entries) do redis.call('ZADD', inbox .. ':entries', id, id) end
for _, id in ipairs(found.unread) do redis.call('SADD', inbox .. ':unread', id) end
for _, id in ipairs(found.deleted) do redis.call('ZADD', inbox .. ':deleted', id, id) end
for _, part in ipairs({':entries', ':unread', ':deleted'}) do redis.call('EXPIRE', inbox .. part, ARGV[3]) end
return 1
"""
