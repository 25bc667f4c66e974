import Files
import Cycle
import Glibc
import JSON
import Listener
import Time

/// `/api/v1/status/config`, `runtimeinfo` and `flags`: what the agent runs with.
struct RuntimeAPI: Sendable {
    let board: StatusBoard
    let flags: [String: String]
    /// How long history is kept.
    let retention: Duration
    let started: Timestamp
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            Route("GET", "/api/v1/status/config") { _ in
                let text = board.configuration?.text ?? ""
                return APIResponse.success(["yaml": .string(text)])
            },
            Route("GET", "/api/v1/status/flags") { _ in
                let members = flags.sorted { $0.key < $1.key }.map { name, value in
                    JSONMember(name, .string(SecretMask.masked(value)))
                }
                return APIResponse.success(.object(members))
            },
            Route("GET", "/api/v1/status/runtimeinfo") { _ in APIResponse.success(runtime) },
        ]
    }

    /// Clients expect every member, also those about Go's runtime.
    private var runtime: JSONValue {
        let loaded = board.configuration?.loadedAt ?? started
        return [
            "startTime": .string(started.rfc3339),
            "CWD": .string(Self.workingDirectory),
            "hostname": .string(HostName.current),
            "serverTime": .string(now().rfc3339),
            "reloadConfigSuccess": .bool(board.isReloadSuccessful),
            "lastConfigTime": .string(loaded.rfc3339),
            "timeSeriesCount": .integer(Int64(board.current.storage.seriesCount)),
            "corruptionCount": 0,
            "goroutineCount": .integer(Int64(ProcessMetrics.read().threads ?? 0)),
            "GOMAXPROCS": .integer(Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
            "GOMEMLIMIT": 0,
            "GOGC": "",
            "GODEBUG": "",
            "storageRetention": .string(PrometheusDuration.format(retention)),
        ]
    }

    private static var workingDirectory: String {
        guard let path = unsafe getcwd(nil, 0) else { return "" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

}
