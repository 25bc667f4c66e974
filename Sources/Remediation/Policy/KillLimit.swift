/// At most so much work of killed tasks in any span of length `window`. Work is the time for which
/// a task has run.
package struct KillLimit: Hashable, Sendable {
    package var window: Duration
    package var work: Duration

    package init(window: Duration, work: Duration) {
        self.window = window
        self.work = work
    }
}
