import Foundation
import NIOCore
import TestSupport
import Workbench

/// One agent of a round, with its relays and its clock.
final class FleetAgent {
    let index: Int
    let process: Restartable
    let etcd: [Relay]
    let management: Relay
    let dataPlane: Relay
    private let folder: URL
    private let files: AgentFiles
    private let clock: URL
    private var tail = LogTail()
    /// When it last began to lead; nil while it does not.
    private(set) var leadsSince: ContinuousClock.Instant?
    /// Where it listens; nil until it does.
    private(set) var url: String?
    /// Whether it has seen the graphs since its first start. One that never saw a graph answer does
    /// not restart it.
    private(set) var hasSeenFleet = false

    struct Place {
        let index: Int
        let folder: URL
        let binary: URL
        let etcdPorts: [Int]
        let cloud: CloudPlace
        let limits: Limits
        let isSigned: Bool
    }

    init(_ place: Place, traps: Traps, on group: any EventLoopGroup) async throws {
        index = place.index
        folder = place.folder.appending(path: "agent-\(index)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        clock = folder.appending(path: "clock")
        process = Restartable("agent", place.binary, [], in: folder)
        let (index, process) = (index, process.process)
        management = try await Relay.start(to: place.cloud.managementPort, on: group) {
            bytes,
            relay in
            traps.spring(on: bytes, in: relay, fromAgent: index, process)
        }
        dataPlane = try await Relay.start(to: place.cloud.dataPlanePort, on: group)
        var etcd: [Relay] = []
        for port in place.etcdPorts { etcd.append(try await Relay.start(to: port, on: group)) }
        self.etcd = etcd
        files = AgentFiles(
            name: "agent-\(index)",
            limits: place.limits,
            isSigned: place.isSigned,
            cloud: place.cloud.configuration,
            managementPort: management.port,
            dataPlanePort: dataPlane.port,
            etcdPorts: etcd.map(\.port)
        )
    }

    var isReachable: Bool { process.isRunning && !process.isFrozen && url != nil }

    var logs: [URL] { process.logs }

    var endOfLog: String {
        guard let log = logs.last, let text = try? String(contentsOf: log, encoding: .utf8) else {
            return ""
        }
        return String(text.suffix(1500))
    }

    func start() throws {
        try files.write(.real, to: folder)
        try setClock(by: 0)
        try start(environment: FakeClock.settable(by: clock))
    }

    /// In a world in which time passes faster.
    func startFast(by factor: Int) throws {
        try files.write(.fast, to: folder)
        try start(environment: FakeClock.fast(by: factor))
    }

    private func start(environment: [String: String]) throws {
        guard !process.isRunning else { return }
        (leadsSince, url) = (nil, nil)
        tail = LogTail()
        let run = [
            "run", "--config.file=graphwarden.yml", "--storage.path=data",
            "--web.listen-address=127.0.0.1:0", "--web.enable-admin-api",
            "--web.config.file=web.yml",
        ]
        try process.start(arguments: run, environment: environment)
    }

    func setClock(by seconds: Int) throws {
        try FakeClock.set(clock, by: seconds)
    }

    /// Reads what was logged since the last call. Returns the number of restarts that were decided.
    func readLog() -> Int {
        guard let log = process.logs.last else { return 0 }
        var decided = 0
        for line in tail.read(log) {
            if line.contains("event=intended") { decided += 1 }
            if line.contains("msg=\"This agent leads\"") { leadsSince = .now }
            if Self.endsOfLead.contains(where: line.contains) { leadsSince = nil }
            if line.contains("msg=\"The self-test has") { hasSeenFleet = true }
            if url == nil, let match = line.firstMatch(of: /msg="Listening on" address=(\S+)/) {
                url = "http://\(match.1)"
            }
        }
        if !process.isRunning { leadsSince = nil }
        return decided
    }

    private static let endsOfLead = [
        "The lead was not renewed in time", "Another agent leads now", "This agent leads no more",
    ]

    func heal() throws {
        for relay in etcd + [management, dataPlane] { relay.set(.open) }
        if process.isFrozen { process.unfreeze() }
        process.process.signal(SIGCONT)
        try setClock(by: 0)
        try start()
    }

    func stop() async {
        process.stop()
        for relay in etcd + [management, dataPlane] { await relay.stop() }
    }
}

/// The lines of a file that grows.
struct LogTail {
    private var offset: UInt64 = 0
    private var rest = ""

    mutating func read(_ file: URL) -> [Substring] {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return [] }
        defer { try? handle.close() }
        guard (try? handle.seek(toOffset: offset)) != nil,
            let bytes = try? handle.readToEnd(), !bytes.isEmpty
        else { return [] }
        offset += UInt64(bytes.count)
        let text = rest + String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        rest = String(lines.last ?? "")
        return Array(lines.dropLast())
    }
}
