import GESSimulator
import HTTPClient
import Testing

@testable import Agent
@testable import GES

/// The agent's requests to the cloud: the columns of the table.
enum CloudQuestion: String, CaseIterable {
    case list, detail, job, token, probe, restart

    var operation: GESSimulator.Operation {
        switch self {
        case .list: .listGraphs
        case .detail: .showGraph
        case .job: .showJob
        case .token: .createToken
        case .probe: .showVersion
        case .restart: .restartGraph
        }
    }

    /// The metric labels `service` and `operation`.
    var labels: [String] {
        switch self {
        case .list: ["ges", "list_graphs"]
        case .detail: ["ges", "show_graph"]
        case .job: ["ges", "show_job"]
        case .token: ["iam", "create_token"]
        case .probe: ["data_plane", "probe_version"]
        case .restart: ["ges", "restart_graph"]
        }
    }

    /// Sends the request, and returns a short description of the outcome.
    func ask(
        _ client: GESClient,
        _ graph: Graph,
        jobID: String,
        dataPlane: DataPlaneConfiguration
    ) async -> String {
        do throws(GESError) {
            switch self {
            case .list, .token:
                let listing = try await client.listGraphs()
                return "\(listing.graphs.count) graphs" + (listing.isComplete ? "" : ", not all")
            case .detail: return "status " + (try await client.graph(graph.id).status.code)
            case .job:
                return "\(try await client.job(graphID: graph.id, jobID: jobID).status)"
            case .probe:
                return await client.probe(.version, of: graph, dataPlane: dataPlane).words
            case .restart: return await client.restart(graph.id).0.words
            }
        } catch {
            return error.words
        }
    }
}

extension GESError {
    var words: String {
        switch self {
        case .http(let error): "no answer: \(error.reason)"
        case .api(let failure): "error \(failure.words)"
        case .unauthorised(let failure): "unauthorised \(failure.words)"
        case .throttled(_, let pause):
            "throttled" + (pause.map { " \($0.components.seconds) s" } ?? "")
        case .malformed: "broken JSON"
        case .notJSON: "not JSON"
        case .unexpected: "unexpected JSON"
        case .credentials(.rejected(let failure, _)): "refused \(failure.words)"
        case .credentials(.unavailable(let cause)): "no token, \(cause.words)"
        case .credentials(.secret): "no secret"
        case .invalidArgument: "invalid argument"
        case .withdrawn: "withdrawn"
        case .noAddress: "no address"
        case .refusedAddress: "refused address"
        }
    }
}

extension ServiceFailure {
    fileprivate var words: String { "\(status)" + (code.map { " \($0)" } ?? "") }
}

extension ProbeResult {
    fileprivate var words: String {
        switch self {
        case .alive(let answer): "alive \(answer.text)"
        case .engineError(let answer): "engine error \(answer.text)"
        case .silent(let silence, _): "silent: \(silence)"
        case .cannotTell(.path, _): "path: \(reason ?? "")"
        case .cannotTell(let obstacle, let answer): "\(obstacle): \(answer.text)"
        }
    }
}

extension ActionAnswer {
    fileprivate var words: String {
        switch self {
        case .accepted(let jobID): "accepted" + (jobID == nil ? " without job" : "")
        case .refused(let failure): "refused \(failure.words)"
        case .unauthorised(let failure): "unauthorised \(failure.words)"
        case .throttled(let pause):
            "throttled" + (pause.map { " \($0.components.seconds) s" } ?? "")
        case .notSent(let error): "not sent, \(error.words)"
        case .unknown(let error): "unknown, \(error.words)"
        }
    }
}
