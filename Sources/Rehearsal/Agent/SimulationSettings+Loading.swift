import Configuration
import Cycle
import Files
import GESSimulator
import InProcessCloud
import PromQL
import Remediation
import Rules
import StrictYAML

extension SimulationSettings {
    /// The configuration and the rules of an agent.
    func load(_ cloud: InProcessCloud) throws -> LoadedConfiguration {
        if let configuration { return try configuration() }
        let text = """
            cloud:
              region: cn-north-4
              project_id: \(cloud.configuration.projectID)
              credentials: {metadata: {}}
            graphs: [{match: {name: ".*"}, mode: \(mode.rawValue)}]
            sampling:
              interval: \(Int(interval / .seconds(1)))s
              timeout: \(Int(timeout / .seconds(1)))s
              data_plane:
                scheme: \(speaksTLS ? "https" : "http")
                port: \(dataPlanePort ?? cloud.dataPlanePort)
                allow: [127.0.0.0/8]
              \(readsCloudEye ? "cloud_eye: {}" : "")
            evaluation_interval: \(Int(interval / .seconds(1)))s
            """
        let reading = ConfigurationReader.read(text, file: "simulation.yml")
        guard var configuration = reading.value else {
            throw SimulationError(text: "\(reading.issues)")
        }
        for index in configuration.graphs.indices {
            policy(&configuration.graphs[index].policy)
        }
        return LoadedConfiguration(
            configuration: configuration,
            ruleFiles: try rules.map { [try Self.ruleFile($0, "rules.yml")] }
                ?? Self.ruleFiles([ruleFolder + "/*.yml"]),
            lookback: .seconds(300),
            warnings: []
        )
    }

    /// The rule files that match the patterns.
    static func ruleFiles(_ patterns: [String]) throws -> [RuleFile] {
        try FilePaths.matching(patterns).map { name in
            try ruleFile(TextFile.text(name), name)
        }
    }

    static func ruleFile(_ text: String, _ name: String) throws -> RuleFile {
        let reading = RuleFile.read(text, file: name, options: ParserOptions())
        guard let file = reading.file else { throw SimulationError(text: "\(reading.issues)") }
        return file
    }
}

package struct SimulationError: Error, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    package init(text: String) {
        self.text = text
    }
}
