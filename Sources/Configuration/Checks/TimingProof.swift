import Cycle
import Remediation

/// The timing rules of the policies that can restart a graph, with their figures.
enum TimingProof {
    static func lines(_ configuration: Configuration) -> [String] {
        let isSigned =
            switch configuration.cloud.credentials {
            case .accessKey, .metadata: true
            case .password, .token: false
            }
        let acting = configuration.graphs.map(\.policy).filter {
            $0.mode == .auto || $0.mode == .approve
        }
        var lines: [String] = []
        for policy in acting {
            for sentence in policy.timing(isSigned: isSigned) {
                let line = "timing: \(sentence)"
                if !lines.contains(line) { lines.append(line) }
            }
        }
        return lines
    }
}
