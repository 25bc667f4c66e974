/// The settings of a simulated cloud. The defaults give a fleet of five healthy graphs on free
/// ports.
package struct SimulatorConfiguration: Sendable {
    /// 0 to 10,000 graphs, all running.
    package var graphCount = 5
    /// Determines names, ids, tokens and the random choices of faults.
    package var seed: UInt64 = 1
    /// 1 is the pace of the real service, about three minutes per restart; 0.01 is a hundred times
    /// faster.
    package var timeScale = 1.0
    package var phases = PhaseDurations()
    /// How many imports, exports, clears and restarts of each graph ended well within the month
    /// before the cloud began, or before the graph was added with an age of weeks. Only the first 500
    /// graphs have any.
    package var pastJobs = 6

    /// The name or address to listen on; the simulated graphs report it as their private address.
    package var host = "127.0.0.1"
    /// 0 selects any free port.
    package var managementPort = 0
    package var dataPlanePort = 0
    package var controlPort = 0
    /// Whether the management and data planes use TLS, with certificates of an authority created
    /// for this cloud.
    package var speaksTLS = false

    package var projectID = "0123456789abcdef0123456789abcdef"
    package var region = "cn-north-4"
    package var domain = "simulated-domain"
    package var user = "graphwarden"
    package var password = "Simulated-Password-1"
    package var accessKey = "SIMULATEDACCESSKEY01"
    package var secretKey = "SimulatedSecretKey0123456789abcdefghijkl"

    package var tokenLife: Duration = .seconds(24 * 3600)
    /// The length of X-Subject-Token; real tokens have several thousand bytes.
    package var tokenBytes = 4000
    /// Cloud Eye returns no points newer than this.
    package var cloudEyeDelay: Duration = .seconds(5 * 60)
    /// Whether an agency is bound, so that the metadata service issues keys.
    package var hasMetadataAgency = true

    package init() {}

    /// What is wrong with these settings, one sentence each; empty if they are valid.
    package var problems: [String] {
        var problems: [String] = []
        func require(_ holds: Bool, _ sentence: String) {
            if !holds { problems.append(sentence) }
        }
        require((0...10_000).contains(graphCount), "the number of graphs must be 0 to 10000")
        require(
            timeScale.isFinite && timeScale > 0 && timeScale <= 1000,
            "the time scale must be more than 0 and at most 1000"
        )
        for port in [managementPort, dataPlanePort, controlPort] {
            require((0...65_535).contains(port), "port \(port) is not within 0 to 65535")
        }
        require((16...60_000).contains(tokenBytes), "a token must have 16 to 60000 bytes")
        require(tokenLife > .zero, "the life of a token must be more than 0")
        let isWord =
            !projectID.isEmpty && projectID.utf8.count <= 64
            && projectID.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        require(isWord, "the project id must be 1 to 64 letters and digits")
        return problems
    }
}
