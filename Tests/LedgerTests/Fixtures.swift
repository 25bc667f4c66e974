import Diagnosis
import Foundation
import Ledger
import Remediation
import Time

/// The temporary folder of one test.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/ledger-\(UUID().uuidString)"
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var file: String { path + "/" + Ledger.fileName }

    func mode(of suffix: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + suffix)
        return (attributes[.posixPermissions] as? Int) ?? -1
    }

    /// Copies the files while the ledger is open, as a crash would leave them.
    func copyAsAfterACrash() throws -> TemporaryFolder {
        let copy = TemporaryFolder()
        try copyAsAfterACrash(to: copy.path)
        return copy
    }

    func copyAsAfterACrash(to copy: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in [Ledger.fileName, Ledger.fileName + "-wal"]
        where files.fileExists(atPath: path + "/" + name) {
            try files.copyItem(atPath: path + "/" + name, toPath: copy + "/" + name)
        }
    }
}

/// The storage of a ledger under test. Both kinds have the same contract.
enum Storage: CaseIterable, Sendable {
    case file, memory
}

/// A ledger that a test can reopen like a restarted agent. The suite owns the folder, so that it
/// outlives every ledger in it.
final class LedgerStore {
    private let storage: Storage
    private let folder: TemporaryFolder
    private var inMemory: Ledger?

    init(_ storage: Storage, in folder: TemporaryFolder) {
        self.storage = storage
        self.folder = folder
    }

    /// From a file, a new object each time; in memory, the object that holds the data.
    func open(_ options: LedgerOptions = LedgerOptions()) throws -> Ledger {
        switch storage {
        case .file: return try Ledger(folder: folder.path, options: options)
        case .memory:
            let ledger = try inMemory ?? Ledger.inMemory(options: options)
            inMemory = ledger
            return ledger
        }
    }

    /// The ledger that the next agent would find if this one were killed now.
    func openAfterACrash() throws -> Ledger {
        guard storage == .file else { return try open() }
        let copy = folder.path + "/crashed"
        try folder.copyAsAfterACrash(to: copy)
        return try Ledger(folder: copy)
    }
}

enum Fixture {
    static let start = Timestamp(milliseconds: 1_795_428_000_000)
    static let g = GraphID("g")

    static func intent(_ attempt: Int, _ id: GraphID = g, after seconds: Int64 = 0) -> Intent {
        let request = RestartRequest(
            graphID: id,
            hangClass: .unresponsive,
            alertname: "GraphHung",
            reason: "no answer for 15m: \"böse\" \u{1F600}",
            activeAt: start,
            source: .webhook(fingerprint: "abc")
        )
        return Intent(
            request: request,
            graphName: "orders",
            attempt: attempt,
            createdAt: start + .seconds(seconds)
        )
    }

    static func outcome(
        _ intent: Intent,
        _ outcome: RestartOutcome = .accepted(jobID: "j1")
    ) -> IntentOutcome {
        IntentOutcome(intentID: intent.id, outcome: outcome, at: intent.createdAt + .seconds(1))
    }

    static func ending(
        _ intent: Intent,
        _ outcome: AttemptOutcome = .verified
    ) -> IntentEnding {
        IntentEnding(intentID: intent.id, outcome: outcome, at: intent.createdAt + .seconds(2))
    }

    static func record(_ id: GraphID = g, _ phase: Phase) -> GraphRecord {
        var record = GraphRecord(id: id)
        record.phase = phase
        return record
    }

    static func line(_ number: Int64, _ id: GraphID? = g) -> AuditEntry {
        AuditEntry(
            at: start + .seconds(number),
            graphID: id,
            kind: .held,
            reason: "cooldown",
            detail: "line \(number)",
            intentID: nil
        )
    }
}

extension Machine.Changes {
    init(
        records: [GraphRecord] = [],
        intents: [Intent] = [],
        outcomes: [IntentOutcome] = [],
        endings: [IntentEnding] = [],
        pauses: [Pause]? = nil,
        audit: [AuditEntry] = []
    ) {
        self.init()
        self.records = records
        self.intents = intents
        self.outcomes = outcomes
        self.endings = endings
        self.pauses = pauses
        self.audit = audit
    }
}

extension LedgerError.Cause {
    /// The case without its payload, which has SQLite's wording.
    var label: String {
        switch self {
        case .full: "full"
        case .locked: "locked"
        case .corrupt: "corrupt"
        case .readOnly: "read_only"
        case .newerSchema: "newer_schema"
        case .foreign: "foreign"
        case .cannotOpen: "cannot_open"
        case .exists: "exists"
        case .replaced: "replaced"
        case .unchained: "unchained"
        case .unshared: "unshared"
        case .inputOutput: "input_output"
        case .rejected: "rejected"
        case .other: "other"
        }
    }
}
