import HTTPClient
import JSON

/// What was seen of the data plane of the graph and of Cloud Eye.
struct DataPlaneFacts: AssumptionFacts {
    private var answered = 0
    private var verified = 0
    private var unverified = 0
    private var handshakeFailure: String?
    private var refusals: Set<String> = []
    private var nodeMetrics: (unknown: [String], count: Int)?
    private var nodeMetricsFailure: String?
    private var timestamp: Double?
    private var metricNames = 0
    private var unknownMetrics: Set<String> = []

    private static let maximumNames = 8
    private static let knownNames: Set = [
        "errorMessage", "errorCode", "project_id", "id", "name", "timestamp", "node_metrics",
        "performance_metrics",
    ]
    private static let refusalCodes: Set = ["GES.8005", "GES.8006", "GES.8007", "GES.8008"]

    mutating func observe(_ exchange: ObservedExchange, _ terms: AssumptionReport.Terms) {
        switch exchange.operation {
        case .listMetrics: observe(metrics: exchange)
        case .dataPlane(graphName: terms.graphName, path: let path):
            observe(connection: exchange, terms)
            if path == "om/metrics" { observe(nodes: exchange) }
        default: break
        }
    }

    private mutating func observe(metrics exchange: ObservedExchange) {
        for metric in exchange.document?["metrics"]?.arrayValue ?? [] {
            guard let name = metric.shortText("metric_name") else { continue }
            metricNames += 1
            let number = name.hasPrefix("ges") ? Int(name.dropFirst(3).prefix(3)) : nil
            let isKnown = number.map { (1...32).contains($0) } ?? false && !name.contains(" ")
            if !isKnown, unknownMetrics.count < Self.maximumNames { unknownMetrics.insert(name) }
        }
    }

    private mutating func observe(
        connection exchange: ObservedExchange,
        _ terms: AssumptionReport.Terms
    ) {
        switch exchange.result {
        case .failure(let error):
            if error.kind == .tls { handshakeFailure = "\(error)".shortened }
        case .success(let answer):
            if exchange.isEncrypted {
                if terms.verifiesDataPlane { verified += 1 } else { unverified += 1 }
            }
            let code = answer.body?.errorCode
            let isRefusal =
                [401, 403].contains(answer.status) || code.map(Self.refusalCodes.contains) ?? false
            if isRefusal, refusals.count < Self.maximumNames {
                let text = ["\(answer.status)", code].compactMap(\.self).joined(separator: " ")
                refusals.insert(text)
            } else if answer.isSuccess {
                answered += 1
            }
        }
    }

    private mutating func observe(nodes exchange: ObservedExchange) {
        guard let answer = exchange.answer else { return }
        guard answer.isSuccess, let body = answer.body else {
            let code = answer.body?.errorCode ?? "without a code"
            nodeMetricsFailure = "the answer was \(answer.status) \(code)"
            return
        }
        let unknown = body.memberNames.filter { !Self.knownNames.contains($0) }
        nodeMetrics = (
            unknown.prefix(Self.maximumNames).map(\.shortened),
            body["node_metrics"]?.arrayValue?.count ?? 0
        )
        timestamp =
            body["timestamp"]?.doubleValue ?? body.shortText("timestamp").flatMap { Double($0) }
    }

    func findings(_ terms: AssumptionReport.Terms) -> [AssumptionFinding] {
        [metrics, nodes, nodeTime, certificate, refusal, signatures(terms)].compactMap(\.self)
    }

    private var metrics: AssumptionFinding? {
        guard metricNames > 0 else { return nil }
        let unknown = unknownMetrics.sorted().joined(separator: ", ")
        return AssumptionFinding(
            .metricNames,
            unknownMetrics.isEmpty,
            unknownMetrics.isEmpty ? "\(metricNames) metrics" : "also \(unknown)"
        )
    }

    private var nodes: AssumptionFinding? {
        guard let nodeMetrics else {
            return nodeMetricsFailure.map { AssumptionFinding(.nodeMetrics, .notSeen, $0) }
        }
        let unknown = nodeMetrics.unknown.joined(separator: ", ")
        return AssumptionFinding(
            .nodeMetrics,
            nodeMetrics.unknown.isEmpty,
            "\(nodeMetrics.count) nodes" + (unknown.isEmpty ? "" : "; unknown: \(unknown)")
        )
    }

    /// Seconds since 1970 have ten digits for some centuries, milliseconds thirteen.
    private var nodeTime: AssumptionFinding? {
        guard let timestamp else {
            return nodeMetricsFailure.map { AssumptionFinding(.nodeMetricsTime, .notSeen, $0) }
        }
        return AssumptionFinding(
            .nodeMetricsTime,
            (1e12..<1e14).contains(timestamp),
            Int64(exactly: timestamp).map(String.init) ?? "\(timestamp)"
        )
    }

    private var certificate: AssumptionFinding? {
        if let handshakeFailure {
            return AssumptionFinding(.certificate, .held, handshakeFailure)
        }
        if verified > 0 {
            return AssumptionFinding(
                .certificate,
                .didNotHold,
                "it was verified in \(verified) requests"
            )
        }
        guard unverified > 0 else { return nil }
        return AssumptionFinding(.certificate, .notSeen, "the configuration does not verify it")
    }

    private var refusal: AssumptionFinding? {
        guard !refusals.isEmpty else { return nil }
        let texts = refusals.sorted()
        return AssumptionFinding(
            .credentialRefusal,
            texts.allSatisfy { $0.hasPrefix("401") || $0.hasPrefix("400") },
            texts.joined(separator: ", ")
        )
    }

    private func signatures(_ terms: AssumptionReport.Terms) -> AssumptionFinding? {
        guard terms.areSigned else {
            return AssumptionFinding(.dataPlaneSignature, .notSeen, "requests carry a token")
        }
        guard answered > 0 || !refusals.isEmpty else { return nil }
        return AssumptionFinding(
            .dataPlaneSignature,
            answered == 0,
            "\(answered) signed requests were answered"
        )
    }
}
