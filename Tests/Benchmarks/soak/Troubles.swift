import Foundation
import TestSupport
import Workbench

/// Random events of the cloud and the agent, one each second, drawn from a seed.
struct Troubles {
    private var generator: SeededRandom
    private var counts: [String: Int] = [:]
    private var addedGraphs = 0

    init(seed: UInt64) {
        generator = SeededRandom(seed: seed)
    }

    /// How often each of them occurred.
    var summary: String {
        "troubles: "
            + counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            .joined(separator: ", ")
    }

    mutating func next(_ setup: SoakSetup) async {
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<8: await fault(setup)
        case 8..<11: await hang(setup)
        case 11..<14: await replaceGraph(setup)
        case 14: await outage(setup)
        case 15..<17:
            setup.agent.program.signal(SIGHUP)
            count("reloads")
        default: count("quiet seconds")
        }
    }

    private mutating func count(_ what: String) {
        counts[what, default: 0] += 1
    }

    private static let faults = [
        #""kind":"late","milliseconds":400"#, #""kind":"hang""#, #""kind":"drop""#,
        #""kind":"cut","bytes":20"#, #""kind":"drip","bytes_per_second":50"#,
        #""kind":"error","status":500"#, #""kind":"error","status":403,"code":"GES.7041""#,
        #""kind":"throttled","retry_after_seconds":1"#, #""kind":"html""#,
        #""kind":"empty_body""#, #""kind":"garbage""#, #""kind":"quoting""#,
        #""kind":"redirect","location":"http://127.0.0.1:1/""#, #""kind":"error_in_success""#,
        #""kind":"empty_object""#, #""kind":"truncated""#, #""kind":"loose_types""#,
        #""kind":"wrong_types""#, #""kind":"padded","bytes":2000000"#,
        #""kind":"gzip_bomb","bytes":64000000"#, #""kind":"wrong_clock","error_seconds":7200"#,
        #""kind":"shifted_page","items":3"#, #""kind":"wrong_total","total":7"#,
        #""kind":"token_dies_after","life_seconds":1"#,
        #""kind":"restart","course":"job_lost""#, #""kind":"restart","course":"ignored""#,
    ]

    /// Not IAM: a refused password blocks all requests for ten minutes.
    private static let services = ["ges", "data_plane"]

    private mutating func fault(_ setup: SoakSetup) async {
        let fault = Self.faults[Int.random(in: 0..<Self.faults.count, using: &generator)]
        let service = Self.services[Int.random(in: 0..<Self.services.count, using: &generator)]
        let probability = Double.random(in: 0.05...1, using: &generator)
        let seconds = Int.random(in: 1...3, using: &generator)
        await setup.cloud.control(
            "POST",
            "/faults",
            "{\(fault),\"probability\":\(probability),\"seconds\":\(seconds),"
                + "\"match\":{\"service\":\"\(service)\"}}"
        )
        count("faults")
    }

    private mutating func hang(_ setup: SoakSetup) async {
        guard let graph = await anyGraph(setup) else { return }
        await setup.cloud.control("POST", "/graphs/\(graph)/hang")
        count("hangs")
    }

    /// A graph is deleted and another one created: the state of the first must be dropped.
    private mutating func replaceGraph(_ setup: SoakSetup) async {
        guard let graph = await anyGraph(setup) else { return }
        await setup.cloud.control("DELETE", "/graphs/\(graph)")
        addedGraphs += 1
        await setup.cloud.control(
            "POST",
            "/graphs",
            "{\"name\":\"replacement_\(addedGraphs)\"}"
        )
        count("replaced graphs")
    }

    private mutating func outage(_ setup: SoakSetup) async {
        let manners = ["hang", "drop", "unavailable", "refuse"]
        let manner = manners[Int.random(in: 0..<manners.count, using: &generator)]
        await setup.cloud.control(
            "POST",
            "/outage",
            "{\"manner\":\"\(manner)\",\"seconds\":2}"
        )
        count("outages")
    }

    private mutating func anyGraph(_ setup: SoakSetup) async -> String? {
        let graphs = (try? await setup.cloud.graphIDs()) ?? []
        return graphs.isEmpty ? nil : graphs[Int.random(in: 0..<graphs.count, using: &generator)]
    }
}
