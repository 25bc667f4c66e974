import HTTPClient

/// What the HTTP clients have under way at the moment of a scrape.
struct ClientsInFlight: Sendable {
    let management: HTTPClient
    let dataPlane: HTTPClient

    /// IAM is reached over the same client as GES.
    func measure(in metrics: MetricRegistry) {
        let clients = [
            (service: "ges", source: "ges_api", client: management),
            (service: "data_plane", source: "probe", client: dataPlane),
        ]
        for (service, source, client) in clients {
            let statistics = client.statistics
            let count = Double(statistics.inFlight + statistics.queued)
            metrics.set(MetricCatalog.clientInFlight, to: count, service)
            metrics.set(MetricCatalog.samplingInFlight, to: count, source)
        }
    }
}
