package import Diagnosis
package import Time

/// The asynchronous tasks inside a graph, as it last listed them. A restart kills them.
package struct ListedTasks: Hashable, Sendable {
    package var tasks: [ListedTask]
    /// When they were listed. A graph that hangs lists none, so this may be long ago.
    package var at: Timestamp

    package init(_ tasks: [ListedTask], at: Timestamp) {
        self.tasks = tasks
        self.at = at
    }
}

package struct ListedTask: Hashable, Sendable, Codable {
    package var id: String
    /// Such as `Algorithm`; nil if the graph did not say.
    package var type: String?
    /// Nil for a task that waits, and if the graph did not say.
    package var startedAt: Timestamp?
    /// 0 to 1.
    package var progressRatio: Double?

    package init(
        id: String,
        type: String? = nil,
        startedAt: Timestamp? = nil,
        progressRatio: Double? = nil
    ) {
        self.id = id
        self.type = type
        self.startedAt = startedAt
        self.progressRatio = progressRatio
    }
}

/// What a restart would destroy.
package struct KillCost: Hashable, Sendable, Codable {
    /// How many tasks would die.
    package var tasks: Int
    /// The time for which they had run when they were last seen, added up. Nobody knows what a
    /// graph that hangs has done since.
    package var work: Duration
    /// The one that has run longest.
    package var oldest: ListedTask?
    package var seenAt: Timestamp
}

extension ListedTasks {
    /// Tasks of the operation that hangs are not counted: they are what is to be ended.
    package func killCost(_ hangClass: HangClass) -> KillCost {
        let doomed = tasks.filter { !hangClass.isOperation(named: $0.type) }
        return KillCost(
            tasks: doomed.count,
            work: doomed.reduce(.zero) { $0 + runTime(of: $1) },
            oldest: doomed.max { runTime(of: $0) < runTime(of: $1) },
            seenAt: at
        )
    }

    private func runTime(of task: ListedTask) -> Duration {
        max(.zero, at - (task.startedAt ?? at))
    }
}

extension GraphView {
    /// What a restart would destroy; nil if the graph has never listed its tasks since the newest
    /// attempt, which has killed those before. A hung graph lists none to an agent that has started
    /// again, so what held it before counts on.
    func killCost(of hangClass: HangClass, _ record: GraphRecord?) -> KillCost? {
        let restartedAt = record?.attempts.last { $0.counts }?.createdAt ?? .distantPast
        return [tasks?.killCost(hangClass), record?.heldKillCost]
            .compactMap(\.self)
            .filter { $0.seenAt > restartedAt }
            .max { $0.seenAt < $1.seenAt }
    }
}

extension KillCost {
    func shifted(by jump: Duration) -> KillCost {
        var shifted = self
        shifted.seenAt = seenAt + jump
        shifted.oldest?.startedAt = oldest?.startedAt.map { $0 + jump }
        return shifted
    }
}

extension KillCost: CustomStringConvertible {
    /// Such as `3 tasks with 14h of work, the oldest of type Algorithm for 9h at 40 % (seen at
    /// ...)`.
    package var description: String {
        guard tasks > 0 else { return "no task" }
        let count = tasks == 1 ? "1 task" : "\(tasks) tasks"
        guard let oldest, let startedAt = oldest.startedAt else {
            return "\(count) (seen at \(seenAt))"
        }
        let progress = oldest.progressRatio.map { " at \(Int($0 * 100)) %" } ?? ""
        return
            "\(count) with \(work.taskHours) of work, the oldest of type \(oldest.type ?? "unknown")"
            + " for \(max(.zero, seenAt - startedAt).taskHours)\(progress) (seen at \(seenAt))"
    }
}

extension Duration {
    /// Work is counted in hours, not in days: `60h`, and below an hour in minutes.
    var taskHours: String {
        let hours = components.seconds / 3600
        return hours > 0 ? "\(hours)h" : text
    }
}
