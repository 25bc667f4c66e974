package import Remediation
import Time

/// The open incidents, and what differs from those on disk.
///
/// Everything is bounded: what one incident or a disk that refuses writes could make grow without
/// limit is left out and counted.
package struct IncidentBook: Sendable {
    package private(set) var open: [GraphID: IncidentRecord] = [:]
    /// What was last noted of each. Not persistent: after a start the present state is noted again.
    var seen: [GraphID: Seen] = [:]
    /// The last graph that the step before had a place for; nil if it had one for each.
    var lastObserved: GraphID?
    private var unsaved: Set<GraphID> = []
    private var closed: [IncidentRecord] = []
    private var events: [IncidentEvent] = []
    private var tasks: [IncidentChanges.NotedTask] = []
    /// How many incidents of each graph were opened at the time of the last opening.
    private var openings: [GraphID: Int] = [:]
    private var lastOpening: Timestamp?
    /// How much text the events and tasks that wait have.
    private var unsavedBytes = 0

    /// Incidents that are opened in one step. In a storm the others follow in the next steps, so
    /// that no write delays the cycle for long.
    static let openedPerStep = 200
    /// Incidents of which changes are noted, or which are closed, in one step. Gates are asked for
    /// each, and each is written.
    static let changedPerStep = 200
    static let maximumOpen = 5_000
    /// What is observed may change without end, while nothing is done.
    static let maximumObservations = 300
    static let maximumEvents = 600
    static let maximumRequestBytes = 256 << 10
    private static let maximumIntents = 32
    private static let maximumTextBytes = 8 << 10
    /// What waits for a disk that refuses writes.
    static let maximumUnsavedBytes = 16 << 20
    private static let maximumUnsavedClosed = 2_000
    /// What an event or a task occupies beside its text.
    private static let overheadBytes = 256

    struct Seen: Sendable {
        var statusCode: String?
        /// The labels of the reasons for holding.
        var holds: [String] = []
        /// Whether the graph told of its tasks for the attempt that is prepared.
        var hasTasks = false
        var taskIDs: Set<String> = []
    }

    /// - Parameter remembered: the incidents that were open on disk. There is one for each graph,
    ///   unless the disk did not take the end of one: that ends now.
    package init(remembered: [IncidentRecord] = []) {
        for record in remembered.sorted(by: { $0.openedAt > $1.openedAt })
        where record.endedAt == nil {
            if let newer = open[record.graphID] {
                closed.append(record.ended(record.outcome ?? IncidentRecord.unfinished, newer))
            } else {
                open[record.graphID] = record
            }
        }
    }

    var isFull: Bool { open.count >= Self.maximumOpen }

    /// Events of an open incident, those that were omitted included.
    func noteCount(of id: GraphID) -> Int {
        open[id].map { $0.eventCount + $0.omittedEvents } ?? 0
    }

    /// What the next write must contain.
    package var changes: IncidentChanges {
        var changes = IncidentChanges()
        changes.records = closed + unsaved.sorted().compactMap { open[$0] }
        changes.events = events
        changes.tasks = tasks
        return changes
    }

    mutating func changesWereRecorded() {
        unsaved = []
        closed = []
        events = []
        tasks = []
        unsavedBytes = 0
    }

    // MARK: Changes

    /// What tells apart the incidents of a graph that are opened at the same time.
    mutating func nextNumber(of id: GraphID, at now: Timestamp) -> Int {
        if lastOpening != now {
            lastOpening = now
            openings = [:]
        }
        let number = openings[id] ?? 0
        openings[id] = number + 1
        return number
    }

    mutating func begin(_ record: IncidentRecord) {
        open[record.graphID] = record
        unsaved.insert(record.graphID)
    }

    mutating func change(_ id: GraphID, _ change: (inout IncidentRecord) -> Void) {
        guard var record = open[id] else { return }
        let before = record
        change(&record)
        guard record != before else { return }
        open[id] = record
        unsaved.insert(id)
    }

    /// Keeps the durations between milestones right after the wall clock was set.
    mutating func shift(by jump: Duration, at now: Timestamp) {
        for id in open.keys.sorted() {
            change(id) { $0.milestones.shift(by: jump) }
            note(
                id,
                .clock,
                at: now,
                "the clock was set by \(jump); earlier times are of the old one"
            )
        }
    }

    mutating func note(_ id: GraphID, _ kind: IncidentEvent.Kind, at: Timestamp, _ text: String) {
        let limit = kind == .answer ? Self.maximumEvents : Self.maximumObservations
        note(id, kind.rawValue, at: at, text, limit)
    }

    /// A line of the audit trail.
    mutating func note(_ id: GraphID, _ line: AuditEntry) {
        let limit = line.kind == .held ? Self.maximumObservations : Self.maximumEvents
        note(id, line.kind.rawValue, at: line.at, line.detail, limit)
    }

    private mutating func note(
        _ id: GraphID,
        _ kind: String,
        at: Timestamp,
        _ text: String,
        _ limit: Int
    ) {
        guard let record = open[id] else { return }
        guard record.eventCount < limit, unsavedBytes < Self.maximumUnsavedBytes
        else { return change(id) { $0.omittedEvents += 1 } }
        change(id) { $0.eventCount += 1 }
        let text = Self.bounded(text)
        unsavedBytes += text.utf8.count + Self.overheadBytes
        events.append(
            IncidentEvent(
                incidentID: record.id,
                position: record.eventCount + 1,
                at: at,
                kind: kind,
                text: text
            )
        )
    }

    /// What a restart kills. A task that is noted again counts once, in its newest state.
    mutating func noteTasks(
        _ id: GraphID,
        _ noted: [IncidentRecord.InterruptedTask],
        omitted: Int
    ) {
        seen[id, default: Seen()].hasTasks = true
        var known = seen[id]?.taskIDs ?? []
        for task in noted {
            guard let record = open[id] else { return }
            let isKnown = known.contains(task.id)
            guard isKnown || record.taskCount < IncidentRecord.maximumTasks,
                unsavedBytes < Self.maximumUnsavedBytes
            else {
                change(id) { $0.omittedTasks += 1 }
                continue
            }
            var kept = task
            let bytes = task.request?.utf8.count ?? 0
            if !isKnown, record.requestBytes + bytes > Self.maximumRequestBytes {
                kept.request = nil
                kept.isRequestCut = true
            }
            let keptBytes = kept.request?.utf8.count ?? 0
            if !isKnown {
                change(id) {
                    $0.taskCount += 1
                    $0.requestBytes += keptBytes
                }
            }
            known.insert(task.id)
            unsavedBytes += keptBytes + Self.overheadBytes
            tasks.append(IncidentChanges.NotedTask(incidentID: record.id, task: kept))
        }
        seen[id]?.taskIDs = known
        if omitted > 0 { change(id) { $0.omittedTasks += omitted } }
    }

    mutating func noteIntent(_ intentID: String?, of id: GraphID) {
        guard let intentID else { return }
        change(id) { record in
            guard record.intentIDs.last != intentID, record.intentIDs.count < Self.maximumIntents
            else { return }
            record.intentIDs.append(intentID)
        }
    }

    /// Ends an incident. While the disk refuses many ends, the incident stays open.
    mutating func close(_ id: GraphID, at: Timestamp) {
        guard closed.count < Self.maximumUnsavedClosed, let outcome = open[id]?.finalOutcome else {
            return
        }
        let text = "nothing asks for a restart any more: \(outcome)"
        note(id, IncidentEvent.Kind.closed.rawValue, at: at, text, .max)
        guard var record = open.removeValue(forKey: id) else { return }
        unsaved.remove(id)
        seen[id] = nil
        record.outcome = outcome
        record.endedAt = at
        closed.append(record)
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > maximumTextBytes else { return text }
        return String(decoding: text.utf8.prefix(maximumTextBytes), as: UTF8.self) + "…"
    }
}

extension IncidentRecord {
    fileprivate var finalOutcome: String { outcome ?? Self.alertEnded }

    /// The incident, ended when `newer` began.
    fileprivate func ended(_ outcome: String, _ newer: IncidentRecord) -> IncidentRecord {
        var record = self
        record.outcome = outcome
        record.endedAt = newer.openedAt
        return record
    }
}
