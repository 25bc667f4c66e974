import Coordination
import Etcd
import JSON
import Remediation

/// Who leads, as the value of the key.
struct LeaderRecord: Codable, Equatable {
    let id: String
    let name: String
    var url: String?

    init(id: String, name: String, url: String?) {
        self.id = id
        self.name = name
        self.url = url
    }

    /// A value that cannot be read belongs to a leader all the same.
    init(_ entry: EtcdKeyValue) {
        let read = try? StrictJSONDecoder().decode(Self.self, from: entry.value)
        self = read ?? LeaderRecord(id: "", name: "an unknown agent", url: nil)
    }

    var text: String { name + (url.map { " (\($0))" } ?? "") }
}

extension MemberReport {
    /// One that this version cannot read counts as an agent with another policy.
    init(_ entry: EtcdKeyValue) {
        let read = try? StrictJSONDecoder().decode(Self.self, from: entry.value)
        self =
            read
            ?? MemberReport(
                id: entry.key,
                name: "an unknown agent",
                policyHash: "",
                // It lives for as long as it writes.
                poll: Int(entry.modRevision)
            )
    }
}

/// Who wrote the shared state last. The writer recognizes its own transaction by it when the
/// answer was lost.
struct FleetRecord: Codable, Equatable {
    let schemaVersion: Int
    let by: String
    let write: String
}

/// The part of a step's changes that agents share, as operations of etcd.
struct SharedChanges {
    private(set) var operations: [EtcdOperation] = []
    /// Whether only the leader may make them.
    private(set) var needsLead = false

    /// Throws what cannot be encoded, which is a bug.
    init(_ changes: Machine.Changes, _ keys: SharedKeys) throws(JSONError) {
        let intended = Set(changes.intents.map(\.graphID))
        // Those with an intent come last, because a large change takes several transactions: when
        // the intent is visible, so is all that it rests on.
        for isIntended in [false, true] {
            for record in changes.records where intended.contains(record.id) == isIntended {
                let value = try StrictJSONEncoder().encode(record)
                operations.append(.put(key: keys.graph(record.id.rawValue), value))
            }
        }
        operations += changes.removed.map { .delete(key: keys.graph($0.rawValue)) }
        needsLead = !operations.isEmpty
        if let pauses = changes.pauses {
            operations.append(.put(key: keys.pauses, try StrictJSONEncoder().encode(pauses)))
        }
    }

    /// The operations by transaction. etcd takes 128 of them, and 1.5 MiB, unless it is configured
    /// otherwise.
    var batches: [[EtcdOperation]] {
        var batches: [[EtcdOperation]] = []
        var bytes = 0
        for operation in operations {
            let size = operation.bytes
            if let last = batches.last, last.count < Self.maximumOperations,
                bytes + size <= Self.maximumBytes
            {
                batches[batches.count - 1].append(operation)
                bytes += size
            } else {
                batches.append([operation])
                bytes = size
            }
        }
        return batches
    }

    static let maximumOperations = 100
    static let maximumBytes = 1 << 20

    /// What is written to the own ledger: the audit trail and the answers to orders.
    static func own(_ changes: Machine.Changes) -> Machine.Changes {
        var own = Machine.Changes()
        own.answered = changes.answered
        own.audit = changes.audit
        return own
    }
}

extension EtcdOperation {
    /// About how many bytes it takes in a transaction.
    fileprivate var bytes: Int {
        switch self {
        case .put(let key, let value, _): key.utf8.count + value.count + 64
        case .get(let key), .getPrefix(let key), .delete(let key): key.utf8.count + 64
        }
    }
}

extension SharedState {
    /// From the answer to a read of the fleet's key, the graphs and the pauses. Throws if a newer
    /// version wrote them, or nobody who knows this format.
    init(
        fleet: EtcdKeyValue?,
        graphs: [EtcdKeyValue],
        pauses: EtcdKeyValue?
    ) throws(UnreadableState) {
        let decoder = StrictJSONDecoder()
        do {
            if let fleet {
                let record = try decoder.decode(FleetRecord.self, from: fleet.value)
                guard record.schemaVersion <= MachineSnapshot.schemaVersion else {
                    throw UnreadableState(
                        problem: "a newer version of graphwarden has written it; upgrade this agent"
                    )
                }
            }
            self.init(
                machine: MachineSnapshot(
                    records: try graphs.map {
                        try decoder.decode(GraphRecord.self, from: $0.value)
                    }.sorted { $0.id < $1.id },
                    pauses: try pauses.map { try decoder.decode([Pause].self, from: $0.value) }
                        ?? []
                ),
                version: fleet?.modRevision ?? 0,
                isNew: fleet == nil
            )
        } catch let error as UnreadableState {
            throw error
        } catch {
            throw UnreadableState(problem: "it cannot be read: \(error)")
        }
    }
}

struct UnreadableState: Error, CustomStringConvertible {
    let problem: String

    var description: String { "the shared state in etcd: \(problem)" }
}
