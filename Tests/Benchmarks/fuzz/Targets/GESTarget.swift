import GES
import HTTPClient
import TestSupport
import Time

extension Targets {
    /// Answers of the cloud and of graphs, as the client reads them. The first line names the
    /// operation, the status and the version of the API.
    static let ges: Target = {
        var target = Target("ges", tokens: Tokens.json + Tokens.times + Tokens.ges) { input in
            let answer = AnswerInput(input)
            let client = try Cloud(answer).client(version: answer.version)
            return try await answer.envelope.choice(0, of: Cloud.operations)(client)
        }
        // A listing may ask for the same page again and again, up to the limit of pages.
        target.limits.seconds = 0.5
        return target
    }()
}

extension Tokens {
    fileprivate static let ges = [
        "Retry-After: 120\n", "Date: Sun, 06 Nov 1994 08:49:37 GMT\n", "X-Subject-Token: t\n",
        "X-Request-Id: r\n", "\"graphs\":[", "\"graph_count\":", "\"graphCount\":", "\"id\":\"g\"",
        "\"status\":\"200\"", "\"job_id\":", "\"jobId\":", "\"jobs\":[", "\"job_count\":",
        "\"error_code\":\"GES.7016\"", "\"errorCode\":", "\"error_msg\":", "\"errors\":[",
        "\"results\":[", "\"progress\":\"50%\"", "\"begin_time\":", " 429 ", " 503 ", " 202 ",
        "\"queue\":", "\"token\":{\"expires_at\":", "\"private_ip\":\"127.0.0.1\"",
    ]
}

extension AnswerInput {
    fileprivate var version: APIVersion { envelope.words.last == "v1" ? .v1 : .v2 }
}

/// Gives every request the same answer.
struct FixedAnswer: HTTPTransport {
    let response: HTTPResponse

    init(_ answer: AnswerInput) {
        response = HTTPResponse(
            status: answer.status,
            headers: answer.headers.map { HTTPHeader($0.name, $0.value) },
            body: answer.body
        )
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { response }
}

private struct Cloud {
    typealias Operation = @Sendable (GESClient) async throws -> Reading

    let answer: FixedAnswer
    let isPassword: Bool

    init(_ answer: AnswerInput) {
        self.answer = FixedAnswer(answer)
        isPassword = answer.envelope.words.first == "token"
    }

    func client(version: APIVersion) throws -> GESClient {
        let clock = ManualClock()
        let secret = SecretSource.constant(Secret("secret"))
        let configuration = GESConfiguration(
            projectID: "0123456789abcdef0123456789abcdef",
            endpoints: try Endpoints(region: "cn-north-4"),
            credentials: isPassword
                ? .password(domain: "d", user: "u", password: secret) : .token(secret),
            apiVersion: version,
            rateLimits: [:],
            clock: ClientClock(
                wall: { clock.wall },
                elapsed: { clock.elapsed },
                sleep: { clock.sleep(for: $0) }
            )
        )
        return GESClient(
            configuration: configuration,
            http: answer,
            dataPlaneHTTP: answer,
            observer: SilentObserver()
        )
    }

    private static let graph: Graph = {
        var graph = Graph(id: "g", name: "g", status: GraphStatus(code: "200"))
        graph.privateIP = "192.168.0.7"
        graph.trafficIPs = ["192.168.0.8", "192.168.0.9"]
        return graph
    }()

    static let operations: KeyValuePairs<String, Operation> = [
        "list": { client in
            try await reading { () async throws(GESError) in
                let listing = try await client.listGraphs()
                return listing.shortfall
            }
        },
        "graph": { client in
            try await reading { () async throws(GESError) in
                _ = try await client.graph("g")
                return nil
            }
        },
        "job": { client in
            try await reading { () async throws(GESError) in
                try await client.job(graphID: "g", jobID: "j").failReason?.prefix(4_000).description
            }
        },
        "jobs": { client in
            try await reading { () async throws(GESError) in
                _ = try await client.jobs(JobFilter())
                return nil
            }
        },
        "tasks": { client in
            try await reading { () async throws(GESError) in
                _ = try await client.runningTasks(of: graph, dataPlane: DataPlaneConfiguration())
                return nil
            }
        },
        "queries": { client in
            try await reading { () async throws(GESError) in
                _ = try await client.realTimeQueries(of: graph, dataPlane: .init())
                return nil
            }
        },
        "token": { client in
            try await reading { () async throws(GESError) in
                try await client.obtainCredential()
                return nil
            }
        },
        "probe": { client in
            for kind in ProbeKind.allCases {
                let result = await client.probe(kind, of: graph, dataPlane: .init())
                try Message.check("\(result)")
            }
            return .accepted
        },
        "restart": { try action(await $0.restart("g")) },
        "stop": { try action(await $0.stop("g")) },
        "start": { try action(await $0.start("g")) },
        "cancel": { client in
            let answer = await client.cancelTask("t", of: graph, dataPlane: .init())
            return try action((answer, nil))
        },
    ]

    private static func reading(
        _ read: () async throws(GESError) -> String?
    ) async throws -> Reading {
        do throws(GESError) {
            if let text = try await read() { try? Message.check(text) }
            return .accepted
        } catch {
            try Message.check("\(error)")
            try Message.checkOutput("\(error)")
            guard case .throttled(_, let pause?) = error, pause < .zero else { return .refused }
            throw Broken("negative pause", "\(pause)")
        }
    }

    /// Only a success is a success, and what is quoted is bounded.
    private static func action(_ result: (answer: ActionAnswer, quote: String?)) throws -> Reading {
        try Message.check(String(describing: result.answer))
        if let quote = result.quote, quote.utf8.count > 20 << 10 {
            throw Broken("quote length", "\(quote.utf8.count)")
        }
        guard case .throttled(let pause?) = result.answer, pause < .zero else {
            if case .accepted = result.answer { return .accepted }
            return .refused
        }
        throw Broken("negative pause", "\(pause)")
    }
}

private struct SilentObserver: RequestObserver {
    func requestFinished(_ request: FinishedRequest) {}
    func throttleWaited(_ service: Service, for duration: Duration) {}
    func tokenRefreshed(expiry: Timestamp) {}
    func tokenRefreshFailed(reason: String) {}
}
