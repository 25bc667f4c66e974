package import GES

/// The section `history`: which samples survive a restart of the agent, and where.
package struct HistoryConfiguration: Sendable, Hashable {
    /// Zero keeps none on disk.
    package var retention = Duration.seconds(30 * 86_400)
    package var maximumBytes = 1 << 30
    /// Whoever keeps the samples that the agent exports; nil if the agent keeps them itself.
    package var source: HistorySource?

    package init() {}

    /// Whether the agent keeps samples on disk.
    package var isKept: Bool { source == nil && retention > .zero }
}

/// A Prometheus that scrapes the agent, or anything else that speaks its API.
package struct HistorySource: Sendable, Hashable {
    package var url: Endpoint
    /// A selector in braces that chooses among the agents that are scraped; nil for all.
    package var match: String?
    /// Of one request.
    package var timeout = Duration.seconds(30)
    /// PEM file of the certificate authorities to trust instead of the system's.
    package var certificateAuthorityFile: String?
    package var credentials: ServerCredentials?

    init(url: Endpoint) {
        self.url = url
    }
}
