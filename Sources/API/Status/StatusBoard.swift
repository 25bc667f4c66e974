package import Cycle
import Synchronization

/// Holds the status of the last step. The loop publishes it, HTTP handlers read it.
package final class StatusBoard: Sendable {
    private let content = Mutex((status: Status.starting, version: 0))
    package let series = SeriesBoard()

    /// Troubles outside of the cycle, by name.
    private let others = Mutex<[String: Trouble]>([:])

    private let loading = Mutex(
        (configuration: ConfigurationInForce?.none, isSuccessful: true)
    )

    private let protection = Mutex(false)

    private struct Observer: Sendable {
        let body: @Sendable (Status) -> Void
    }

    private let observer = Mutex<Observer?>(nil)

    package init() {}

    /// Whether readers of the agent need credentials.
    package var hasUsers: Bool {
        get { protection.withLock { $0 } }
        set { protection.withLock { $0 = newValue } }
    }

    /// Nil before the first one is loaded.
    package var configuration: ConfigurationInForce? { loading.withLock { $0.configuration } }

    /// Whether the last attempt to load a configuration succeeded.
    package var isReloadSuccessful: Bool { loading.withLock { $0.isSuccessful } }

    /// Takes note that a configuration is in force, or that another one was rejected.
    package func loaded(_ configuration: ConfigurationInForce?) {
        loading.withLock { loading in
            loading.isSuccessful = configuration != nil
            if let configuration { loading.configuration = configuration }
        }
    }

    /// Keeps the trouble until one of the same name takes its place, or nil does.
    package func report(_ name: String, _ trouble: Trouble?) {
        others.withLock { $0[name] = trouble }
    }

    /// Every trouble of the agent, the worst first.
    package var troubles: [Trouble] {
        let others = others.withLock { $0.values.sorted { $0.name < $1.name } }
        return current.troubles + others
    }

    package func publish(_ newStatus: Status) {
        content.withLock { $0 = (newStatus, $0.version + 1) }
        observer.withLock { $0 }?.body(newStatus)
    }

    /// Calls the body with each status that is published from now on.
    package func observe(_ body: @escaping @Sendable (Status) -> Void) {
        observer.withLock { $0 = Observer(body: body) }
    }

    package var current: Status { content.withLock { $0.status } }

    /// Grows with each published status.
    package var version: Int { content.withLock { $0.version } }

    /// The name of a graph as of the last step; empty if it is not known.
    package func graphName(_ id: String) -> String {
        content.withLock { $0.status.inventory.entries[id]?.graph.name ?? "" }
    }
}
