import API
import Exposition
import Foundation
import GESSimulator
import HTTPClient
import TestSupport
import Testing
import Time

@testable import Agent
@testable import GES

/// One row of the table: a fault, and for every request the outcome and the counters that changed.
enum CloudTable {
    /// Sends every request to a cloud with the fault, each with its own client.
    static func line(_ trouble: CloudTrouble) async throws -> [String] {
        var configuration = SimulatorConfiguration()
        configuration.speaksTLS = trouble.certificate != nil
        return try await withThrowingTaskGroup(of: (CloudQuestion, String).self) { group in
            for question in CloudQuestion.allCases {
                group.addTask { [configuration] in
                    try await SimulatedCloudServer.serving(configuration) { server in
                        (question, try await cell(question, trouble, server))
                    }
                }
            }
            var cells: [CloudQuestion: String] = [:]
            for try await (question, cell) in group { cells[question] = cell }
            return CloudQuestion.allCases.map { cells[$0] ?? "" }
        }
    }

    private static func cell(
        _ question: CloudQuestion,
        _ trouble: CloudTrouble,
        _ server: SimulatedCloudServer
    ) async throws -> String {
        let authority = server.endpoints.certificateAuthority
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        if let authority { try Data(authority.utf8).write(to: file) }
        defer { try? FileManager.default.removeItem(at: file) }
        let http = try HTTPClient(
            configuration: HTTPClientConfiguration(caFile: authority == nil ? nil : file.path)
        )
        defer { http.shutdown() }
        let metrics = MetricRegistry()
        let timeout = trouble.takesForever ? .seconds(3) : waitLimit
        let client = try client(server, http, ClientMeter(metrics: metrics), timeout: timeout)
        // The preparation acquires a token, so token requests need a separate client.
        let preparationClient =
            question == .token
            ? try self.client(server, http, ClientMeter(metrics: MetricRegistry())) : client
        let (graph, jobID) = try await prepare(question, preparationClient)
        let before = metrics.counts(question)
        try await begin(trouble, question, server)
        let dataPlane = DataPlaneConfiguration(
            scheme: authority == nil ? .http : .https,
            port: server.endpoints.dataPlanePort,
            timeout: timeout,
            allowedNetworks: [try #require(IPNetwork("127.0.0.0/8"))]
        )
        let words = await question.ask(client, graph, jobID: jobID, dataPlane: dataPlane)
        let moved = metrics.counts(question).map { ($0, $1 - (before[$0] ?? 0)) }
            .filter { $0.1 > 0 }.sorted { $0.0 < $1.0 }
        let counters = moved.map { $0.1 == 1 ? $0.0 : "\(Int($0.1)) x \($0.0)" }
        return words + " | " + counters.joined(separator: ", ")
    }

    /// Looks up a graph and, for job requests, starts a job, while the cloud is healthy.
    private static func prepare(
        _ question: CloudQuestion,
        _ client: GESClient
    ) async throws -> (Graph, jobID: String) {
        let graph = try #require(try await client.listGraphs().graphs.first)
        guard question == .job else { return (graph, "") }
        guard case .accepted(let jobID?) = await client.restart(graph.id).0 else {
            Issue.record("no job to query")
            return (graph, "")
        }
        return (graph, jobID)
    }

    private static func begin(
        _ trouble: CloudTrouble,
        _ question: CloudQuestion,
        _ server: SimulatedCloudServer
    ) async throws {
        if let certificate = trouble.certificate { try await server.setCertificate(certificate) }
        if let outage = trouble.outage { try await server.setOutage(outage) }
        guard let fault = trouble.fault else { return }
        let scheduled = ScheduledFault(
            fault,
            on: FaultMatch(operation: question.operation),
            carriedOut: trouble.carriedOut,
            count: fault == .tokensRevoked ? 1 : nil
        )
        server.withCloud { cloud, _ in _ = cloud.faults.schedule(scheduled) }
    }

    static func client(
        _ server: SimulatedCloudServer,
        _ http: HTTPClient,
        _ observer: any RequestObserver,
        password: String? = nil,
        timeout: Duration = waitLimit
    ) throws -> GESClient {
        let settings = server.configuration
        let endpoint = try Endpoint(server.endpoints.management)
        return GESClient(
            configuration: GESConfiguration(
                projectID: settings.projectID,
                endpoints: Endpoints(
                    ges: endpoint,
                    iam: endpoint,
                    ces: endpoint,
                    metadata: endpoint
                ),
                credentials: .password(
                    domain: settings.domain,
                    user: settings.user,
                    password: .constant(Secret(password ?? settings.password))
                ),
                readTimeout: timeout,
                actionTimeout: timeout,
                longestPause: .zero,
                clock: .of(server)
            ),
            http: http,
            dataPlaneHTTP: http,
            observer: observer
        )
    }
}

extension MetricRegistry {
    /// The counters of one operation: statuses, failure reasons, and for tokens also the reasons
    /// for having none.
    fileprivate func counts(_ question: CloudQuestion) -> [String: Double] {
        var counts: [String: Double] = [:]
        for family in families() {
            for sample in family.samples {
                guard case .number(let count) = sample.value, let label = sample.labelValues.last
                else { continue }
                let isOurs = sample.labelValues.prefix(2).elementsEqual(question.labels)
                switch family.name {
                case "graphwarden_http_client_requests_total" where isOurs,
                    "graphwarden_http_client_request_failures_total" where isOurs:
                    counts[label] = count
                case "graphwarden_token_refresh_failures_total" where question == .token:
                    counts["no token: \(label)"] = count
                default: break
                }
            }
        }
        return counts
    }
}

extension ClientClock {
    /// Shows the time at which the cloud received the last request, so that a date in an answer is
    /// as far away as the cloud intended, however long the answer took.
    fileprivate static func of(_ server: SimulatedCloudServer) -> ClientClock {
        var clock = ClientClock.system
        clock.wall = {
            server.withCloud { cloud, now in cloud.log.records.last?.time ?? now }
        }
        return clock
    }
}
