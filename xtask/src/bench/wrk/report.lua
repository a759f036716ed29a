-- Prints one line of JSON when the run is over. Used alone it defines neither request() nor response(), so wrk
-- sends one ready-made request again and again and Lua costs nothing while it measures.
done = function(summary, latency, _)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write + e.timeout))
end
