-- SPDX-License-Identifier: Apache-2.0
--
-- ingest - one call tells all that one source has counted so far of one server.
--
-- A source (one run of a sensor, or one capture file) sends running totals and
-- never increments; the script adds what they grew by since that source last
-- spoke.  So a call may be repeated, come late, be overtaken by a newer one, or
-- be sent again after Redis lost its data: every flow is counted once.
--
-- The order of the parts is the promise.  Types are checked before anything is
-- written; the first write is an HSET, which a Redis without memory refuses;
-- what may safely be done twice comes next; the totals, which say "told", are
-- written last.  What fails on the way is simply told again.
--
-- Times are milliseconds since the epoch.
-- Answer: {kind, state, stream id}, or {'dup', state} when nothing was new.

local function named(values, names)
  local by_name = {}
  for i, name in ipairs(names) do by_name[name] = values[i] end
  return by_name
end

local key_names = {'server', 'totals', 'clients', 'clients_hll', 'hours',
  'servers', 'risk', 'new', 'events'}
local key_types = {'hash', 'hash', 'zset', 'string', 'hash',
  'zset', 'zset', 'zset', 'stream'}
local arg_names = {'source', 'sensor', 'server', 'first_seen', 'last_seen',
  'flows', 'bytes_toserver', 'bytes_toclient', 'messages', -- totals
  'suspected',    -- open suspicions of this sensor
  'verdict', 'score',
  'digest',       -- of what makes a change a change in kind
  'retention',    -- seconds
  'stream_length', 'clients_kept',
  'channel',      -- '': nothing is said
  'json',
  'facts'}        -- how many (field, value) pairs follow; then (client, flows)
local counters = {'flows', 'bytes_toserver', 'bytes_toclient', 'messages'}

local key, arg = named(KEYS, key_names), named(ARGV, arg_names)
local first_fact = #arg_names + 1
local first_client = first_fact + 2 * tonumber(arg.facts)
local last_seen = tonumber(arg.last_seen)
local mine = '@' .. arg.sensor

local function whole(number)
  return string.format('%d', number)
end

-- 1. Is every key what it should be?
for i, name in ipairs(KEYS) do
  local kind = redis.call('TYPE', name).ok
  if kind ~= 'none' and kind ~= key_types[i] then
    return redis.error_reply('WRONGTYPE ' .. name .. ' is a ' .. kind)
  end
end

-- 2. What did this source say before, and what has grown?
local told = {last_seen = 0, digest = ''}
local memory = redis.call('HGET', key.totals, arg.source)
if memory then
  local words = {}
  for word in string.gmatch(memory, '%S+') do words[#words + 1] = word end
  for i, name in ipairs(counters) do told[name] = tonumber(words[i]) end
  told.last_seen, told.digest = tonumber(words[5]), words[6]
end

local total, grown, any = {}, {}, false
for _, name in ipairs(counters) do
  local before = told[name] or 0
  total[name] = math.max(before, tonumber(arg[name]))
  grown[name] = total[name] - before
  any = any or grown[name] > 0
end

local wanted = {'state', 'verdict', 'first_seen', 'last_seen', 'flows' .. mine}
for _, name in ipairs(counters) do wanted[#wanted + 1] = name end
local known = named(redis.call('HMGET', key.server, unpack(wanted)), wanted)
local fresh = not known.first_seen
local changed = told.digest ~= arg.digest and last_seen >= told.last_seen
if not fresh and not any and not changed then
  return {'dup', known.state}
end

-- 3. What is to be written?
local kind, state = 'server_sighting', known.state
if fresh then
  kind, state = 'server_new', 'new'
elseif not any or (memory and changed) then
  kind = 'server_changed'
end

local fields = {}
local function set(name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end

if fresh then
  set('schema', '1')
  set('state', state)
  set('state_at', arg.last_seen)
end
if fresh or tonumber(arg.first_seen) < tonumber(known.first_seen) then
  set('first_seen', arg.first_seen)
end
for _, name in ipairs(counters) do
  if fresh or grown[name] > 0 then
    set(name, whole(tonumber(known[name] or 0) + grown[name]))
  end
end
if grown.flows > 0 then
  set('flows' .. mine, whole(tonumber(known['flows' .. mine] or 0) + grown.flows))
end
set('suspected_flows' .. mine, arg.suspected)

-- The newest observation says what the server is like; but proof stays proof,
-- and comes in late as well.
local newest = fresh or last_seen >= tonumber(known.last_seen)
if arg.verdict == 'confirmed' or (newest and known.verdict ~= 'confirmed') then
  set('verdict', arg.verdict)
end
if newest then
  set('last_seen', arg.last_seen)
  set('last_sensor', arg.sensor)
  set('score', arg.score)
  for i = first_fact, first_client - 1, 2 do set(ARGV[i], ARGV[i + 1]) end
end

-- 4. The first write: without memory, it fails, and nothing has happened.
redis.call('HSET', key.server, 'id', arg.server)

-- 5. What may be done twice.
redis.call('ZADD', key.servers, 'GT', arg.last_seen, arg.server)
if fresh then redis.call('ZADD', key.new, arg.last_seen, arg.server) end
if newest then redis.call('ZADD', key.risk, arg.score, arg.server) end
for i = first_client, #ARGV - 1, 2 do
  redis.call('ZADD', key.clients, 'GT', ARGV[i + 1], ARGV[i])
  redis.call('PFADD', key.clients_hll, ARGV[i])
end
local over = redis.call('ZCARD', key.clients) - tonumber(arg.clients_kept)
if over > 0 then
  redis.call('ZREMRANGEBYRANK', key.clients, 0, over - 1)
end

-- 6. The event: its fields and their order are a contract, and its numbers are
-- what has been added.
local id = redis.call('XADD', key.events, 'MAXLEN', '~', arg.stream_length, '*',
  'kind', kind, 'server', arg.server, 'state', state, 'sensor', arg.sensor,
  'score', arg.score, 'ts', arg.last_seen,
  'flows', whole(grown.flows),
  'bytes_toserver', whole(grown.bytes_toserver),
  'bytes_toclient', whole(grown.bytes_toclient),
  'messages', whole(grown.messages),
  'json', arg.json)

-- 7. The commit: commands and keys that have just been used above.
redis.call('HSET', key.server, unpack(fields))
redis.call('HSET', key.totals, arg.source, string.format('%d %d %d %d %d %s',
  total.flows, total.bytes_toserver, total.bytes_toclient, total.messages,
  math.max(told.last_seen, last_seen), arg.digest))
if grown.flows > 0 then
  local hour = string.format('%02d', math.floor(last_seen / 3600000) % 24)
  redis.call('HINCRBY', key.hours, hour, whole(grown.flows))
  redis.call('EXPIRE', key.hours, 35 * 86400)
end
for _, name in ipairs({'server', 'totals', 'clients', 'clients_hll'}) do
  redis.call('EXPIRE', key[name], arg.retention)
end

-- 8. A nudge for whoever listens; the stream is what counts.
if arg.channel ~= '' then redis.pcall('PUBLISH', arg.channel, arg.json) end
return {kind, state, id}
