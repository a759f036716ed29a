-- Completes each task of a list once. Arguments: the list (a token and a task id per line), how many lines
-- to skip, how many to use. For one wrk thread: the place in the list is not shared.
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local SIGINT = 2

local lines, next_line, last_line = {}, 1, 0
local before_token, before_id, after_id

function init(args)
  local skip, use = tonumber(args[2]), tonumber(args[3])
  local number = 0
  for line in io.lines(args[1]) do
    number = number + 1
    if number > skip + use then break end
    if number > skip then lines[#lines + 1] = line end
  end
  last_line = #lines
  -- The request is put together once around two marks of the right length; a run then only joins five strings.
  local token, id = lines[1]:match("^(%S+) (%S+)$")
  local token_mark, id_mark = string.rep("T", #token), string.rep("I", #id)
  local whole = wrk.format("POST", nil, {
    ["Host"] = wrk.headers["Host"],
    ["Accept"] = "application/json",
    ["Content-Type"] = "application/json",
    ["X-Tallyfy-Client"] = "bench",
    ["Authorization"] = "Bearer " .. token_mark,
  }, '{"task_id":"' .. id_mark .. '"}')
  local t, i = whole:find(token_mark, 1, true), whole:find(id_mark, 1, true)
  before_token = whole:sub(1, t - 1)
  before_id = whole:sub(t + #token_mark, i - 1)
  after_id = whole:sub(i + #id_mark)
end

function request()
  local line = lines[next_line]
  if not line then
    -- The list is used up: end the run now, as Ctrl-C would, so that the time measured is the time worked.
    if next_line == last_line + 1 then ffi.C.kill(ffi.C.getpid(), SIGINT) end
    next_line = next_line + 1
    wrk.thread:stop()
    return "\r\n"
  end
  next_line = next_line + 1
  local space = line:find(" ", 1, true)
  return before_token .. line:sub(1, space - 1) .. before_id .. line:sub(space + 1) .. after_id
end
