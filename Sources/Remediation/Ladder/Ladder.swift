import Time

/// Which rungs the policy asks for, and what the rung `cancel` needs.
package struct Ladder: Hashable, Sendable {
    /// In their order, which is fixed: a mild rung after a strong one would help nobody.
    package var rungs: [Rung] = [.restart]
    /// How long a task may run before it may be cancelled. A kind that is missing never is.
    package var taskLimits: [CancellableTask.Kind: Duration] = [
        .algorithm: .seconds(2 * 3600), .filter: .seconds(3600), .index: .seconds(6 * 3600),
    ]
    /// Cancelled tasks of the whole fleet per sliding window. When a window is used up, the rung is
    /// passed over.
    package var cancels: [WindowLimit] = [
        WindowLimit(window: .seconds(3600), count: 3),
        WindowLimit(window: .seconds(24 * 3600), count: 10),
    ]

    package init() {}

    /// Whether there is nothing but the restart.
    package var isRestartOnly: Bool { rungs == [.restart] }
}

extension Ladder {
    /// The one task that would be cancelled: the oldest that is over its limit.
    func taskToCancel(among tasks: [CancellableTask], at instant: Timestamp) -> CancellableTask? {
        tasks.filter { task in
            taskLimits[task.kind].map { instant - task.startedAt >= $0 } ?? false
        }.min { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    }
}
