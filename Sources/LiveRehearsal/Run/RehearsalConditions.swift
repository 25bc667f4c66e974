import Agent
import Configuration
import Cycle
import GES
import Remediation
import Time

/// What must be true of a graph before it is rehearsed, read from the service.
struct RehearsalConditions: Sendable {
    let client: GESClient
    let configuration: Configuration
    let tag: RehearsalSettings.Tag

    /// The entry of `graphs` that covers the graph; nil if none does.
    func entry(for graph: Graph) -> GraphEntry? {
        let listed = ListedGraph(graph)
        return configuration.graphs.first { $0.match.matches(listed) }
    }

    /// Everything that speaks against a restart. The details of a graph count more than the list.
    func objections(
        to graph: Graph,
        in listing: GraphListing
    ) async throws(GESError) -> [RehearsalObjection] {
        let described = try await client.graph(graph.id)
        let found =
            objections(toListing: listing, graph) + objections(toDescription: described)
            + (try await objections(toJobsOf: described))
        guard described.status.isRunning else { return found }
        return found + (await objections(toDataPlaneOf: described))
    }

    private func objections(
        toListing listing: GraphListing,
        _ graph: Graph
    ) -> [RehearsalObjection] {
        var objections: [RehearsalObjection] = []
        if !listing.isComplete {
            objections.append(
                RehearsalObjection(
                    "the list of graphs is not complete: \(listing.shortfall ?? "some lack")",
                    remedy: "try again when GES lists every graph"
                )
            )
        }
        if listing.graphs.count(where: { $0.name == graph.name }) > 1 {
            objections.append(
                RehearsalObjection(
                    "another graph has the same name, and jobs name graphs by their names",
                    remedy: "use a graph with a name of its own"
                )
            )
        }
        return objections
    }

    private func objections(toDescription graph: Graph) -> [RehearsalObjection] {
        var objections: [RehearsalObjection] = []
        if !tag.marks(graph.tags) {
            let value = graph.tags[tag.key].map { "has the tag \(tag.key)=\($0)" }
            objections.append(
                RehearsalObjection(
                    "the graph \(value ?? "has no tag \(tag.key)"), not \(tag)",
                    remedy: "set the tag in the console, or choose an expendable graph"
                )
            )
        }
        if !graph.status.isRunning {
            objections.append(
                RehearsalObjection(
                    "its status is \(graph.status)",
                    remedy: "rehearse while the status is 200 (Running)"
                )
            )
        }
        switch entry(for: graph)?.policy.mode {
        case nil:
            objections.append(
                RehearsalObjection(
                    "no entry of graphs in the configuration matches it",
                    remedy: "add one; its limits apply to the rehearsal"
                )
            )
        case .off:
            objections.append(
                RehearsalObjection(
                    "its mode is off",
                    remedy: "give it the mode shadow, approve or auto in the configuration"
                )
            )
        case .shadow, .approve, .auto: break
        }
        return objections
    }

    func objections(
        toJobsOf graph: Graph
    ) async throws(GESError) -> [RehearsalObjection] {
        let listing = try await client.jobs(JobFilter(graphName: graph.name))
        guard listing.isComplete else {
            return [
                RehearsalObjection(
                    "the list of its jobs is not complete: \(listing.shortfall ?? "some lack")",
                    remedy: "try again when GES lists every job"
                )
            ]
        }
        let running = listing.jobs.filter { job in
            guard job.relatedGraph == graph.name else { return false }
            return switch job.status {
            // An unknown status proves no end.
            case .pending, .running, .other: true
            case .success, .failed, .partiallyFailed: false
            }
        }
        return running.prefix(3).map { job in
            RehearsalObjection(
                "its job \(job.name ?? job.id) is \(job.status.word)",
                remedy: "wait until it has ended"
            )
        }
    }

    private func objections(toDataPlaneOf graph: Graph) async -> [RehearsalObjection] {
        let sampling = configuration.sampling
        var objections: [RehearsalObjection] = []
        for probe in sampling.probes {
            let result = await client.probe(probe, of: graph, dataPlane: sampling.dataPlane)
            if case .alive = result { continue }
            objections.append(
                RehearsalObjection(
                    "the probe \(probe.rawValue) fails: \(result.text)",
                    remedy: "graphwarden check permissions names what is missing"
                )
            )
        }
        do throws(GESError) {
            let tasks = try await client.runningTasks(of: graph, dataPlane: sampling.dataPlane)
            if !tasks.isEmpty {
                objections.append(
                    RehearsalObjection(
                        "the graph has \(tasks.count) tasks to run, which a restart would end",
                        remedy: "wait until they have ended, or cancel them"
                    )
                )
            }
        } catch {
            objections.append(
                RehearsalObjection(
                    "its tasks cannot be read: \(error)",
                    remedy: "graphwarden check permissions names what is missing"
                )
            )
        }
        return objections
    }
}
