import Foundation
import GESSimulator
import HTTPClient
import InProcessCloud
import TestSupport
import Testing
import VirtualTime
import Time

/// Requests and their outcomes, in a form that is the same over sockets and in-process.
struct Conversation: Sendable {
    /// The requests. The restart comes last because it takes the graph down.
    enum Question: CaseIterable {
        case list, detail, token, version, summary, queries, restart
    }

    let configuration: SimulatorConfiguration
    /// Prepares the cloud and its first graph before the requests.
    let prepare: @Sendable (inout SimulatedCloud, String, Timestamp) -> Void
    var questions = Question.allCases

    /// The fixed time of the clouds in these tests. It is the current time, because certificates
    /// are validated against it.
    static let moment = Timestamp.systemTime()
    /// The timeout of a silent cloud.
    private static let patience = Duration.seconds(2)

    /// Runs over sockets, with a real server. Any answer that the in-process cloud gave is waited
    /// for, however long that takes here.
    func overSockets(answeredInProcess simulated: [String]) async throws -> [String] {
        try await SimulatedCloudServer.serving(configuration, clock: { Self.moment }) { server in
            let authority = server.endpoints.certificateAuthority
            let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            if let authority { try Data(authority.utf8).write(to: file) }
            defer { try? FileManager.default.removeItem(at: file) }
            let client = try HTTPClient(
                configuration: HTTPClientConfiguration(caFile: authority == nil ? nil : file.path)
            )
            defer { client.shutdown() }
            // The ports follow an outage only once they are served.
            _ = await answer(to: HTTPRequest(url: server.endpoints.management), from: client)
            let (token, name, id) = server.withCloud { cloud, now in start(&cloud, now) }
            if let outage = server.withCloud({ cloud, _ in cloud.outage }) {
                try await server.setOutage(outage)
            }
            let certificate = server.withCloud { cloud, _ in cloud.certificate }
            if certificate != .good { try await server.setCertificate(certificate) }
            let endpoints = server.endpoints
            let scheme = authority == nil ? "http" : "https"
            return await answers(
                of: client,
                management: endpoints.management,
                dataPlane: "\(scheme)://\(endpoints.dataPlaneHost):\(endpoints.dataPlanePort)",
                (token, name, id),
                patience: simulated.map { $0.contains("timeout") ? Self.patience : waitLimit }
            )
        }
    }

    func inProcess() throws -> [String] {
        let time = VirtualTime(wallMilliseconds: Self.moment.milliseconds)
        let cloud = InProcessCloud(
            configuration,
            time: time,
            latencies: .none,
            clock: { Self.moment }
        )
        let dataPlane = cloud.managementURL.replacing("8443", with: "8080")
        return try time.run {
            _ = await answer(to: HTTPRequest(url: cloud.managementURL), from: cloud)
            let facts = cloud.withCloud { cloud, now in start(&cloud, now) }
            return await answers(
                of: cloud,
                management: cloud.managementURL,
                dataPlane: dataPlane,
                facts,
                patience: questions.map { _ in Self.patience }
            )
        }
    }

    private func start(
        _ cloud: inout SimulatedCloud,
        _ now: Timestamp
    ) -> (token: String, name: String, id: String) {
        let token = cloud.issueToken(at: now)
        guard let graph = cloud.graphs.first else { return (token, "", "") }
        prepare(&cloud, graph.id, now)
        return (token, graph.name, graph.id)
    }

    private func answers(
        of client: any HTTPTransport,
        management: String,
        dataPlane: String,
        _ facts: (token: String, name: String, id: String),
        patience: [Duration]
    ) async -> [String] {
        var answers: [String] = []
        let project = configuration.projectID
        for (question, patience) in zip(questions, patience) {
            let graphs = "\(management)/v2/\(project)/graphs"
            let graph = "\(dataPlane)/ges/v1.0/\(project)/graphs/\(facts.name)"
            let (method, url): (HTTPMethod, String) =
                switch question {
                case .list: (.get, "\(graphs)?offset=0&limit=100")
                case .detail: (.get, "\(graphs)/\(facts.id)")
                case .restart: (.post, "\(graphs)/\(facts.id)/restart")
                case .token: (.post, "\(management)/v3/auth/tokens?nocatalog=true")
                case .version: (.get, "\(graph)/version")
                case .summary: (.get, "\(graph)/summary?label_details=false")
                case .queries: (.get, "\(graph)/om/real-time-queries")
                }
            let request = HTTPRequest(
                method,
                url: url,
                headers: [HTTPHeader("X-Auth-Token", facts.token)],
                body: question == .token ? passwordBody : nil,
                timeout: patience
            )
            answers.append("\(question): \(await answer(to: request, from: client))")
        }
        return answers
    }

    private var passwordBody: [UInt8] {
        let user = """
            {"name":"\(configuration.user)","password":"\(configuration.password)",\
            "domain":{"name":"\(configuration.domain)"}}
            """
        let identity = #"{"methods":["password"],"password":{"user":\#(user)}}"#
        let scope = #"{"project":{"id":"\#(configuration.projectID)"}}"#
        return Array(#"{"auth":{"identity":\#(identity),"scope":\#(scope)}}"#.utf8)
    }

    /// Headers that depend on the connection and the transfer of the body.
    private static let travelHeaders: Set = [
        "connection", "content-length", "content-encoding", "transfer-encoding", "vary",
    ]

    private func answer(
        to request: HTTPRequest,
        from client: any HTTPTransport
    ) async -> String {
        do {
            let response = try await client.send(request)
            let headers = response.headers
                .filter { !Self.travelHeaders.contains($0.name.lowercased()) }
                .map { "\($0.name.lowercased()): \($0.value)" }
            let body = String(decoding: response.body.prefix(20_000), as: UTF8.self)
            return "\(response.status) \(headers.sorted()) \(response.body.count) \(body)"
        } catch {
            return "\(error.kind) \(error.requestMayHaveBeenSent)"
        }
    }
}
