-- Asks the library from LuaJIT. The declarations are those of the installed header itself.
--
--     luajit quickstart.lua HEADER LIBRARY GATE PURPOSE NUMBER...
local ffi = require("ffi")

local header, library, gate_path, purpose = arg[1], arg[2], arg[3], arg[4]

-- What LuaJIT does not read: the preprocessor's lines, and the braces for C++.
local declarations, depth = {}, 0
for line in io.lines(header) do
    if line:match("^#ifdef __cplusplus") then
        depth = 1
    elseif depth == 1 and line:match("^#endif") then
        depth = 0
    elseif depth == 0 and not line:match("^#") then
        declarations[#declarations + 1] = line
    end
end
ffi.cdef(table.concat(declarations, "\n"))
local dialgate = ffi.load(library)
local C = ffi.C

local function failed()
    error(ffi.string(dialgate.dialgate_last_error()))
end

local gate = dialgate.dialgate_open(gate_path, nil)
if gate == 0 then failed() end
local campaign = dialgate.dialgate_prepare(gate, nil, purpose, C.DIALGATE_CHANNEL_MANUAL_CALL)
if campaign == 0 then failed() end

local decision = ffi.new("dialgate_decision")
local allowed = 0
for i = 5, #arg do
    if dialgate.dialgate_check(campaign, arg[i], decision) == C.DIALGATE_MAY_CALL then
        allowed = allowed + 1
        print(arg[i] .. ": dial")
    else
        local reason = dialgate.dialgate_reason_name(dialgate.dialgate_decision_reason(decision))
        print(arg[i] .. ": no, " .. ffi.string(reason))
    end
end
print(allowed .. " of " .. (#arg - 4) .. " may be called")
dialgate.dialgate_close(campaign)
dialgate.dialgate_close(gate)
