import Time
import Configuration
import API
import Cycle
import Listener
import Logging

/// Applies the web configuration whenever one of its files changes, so that certificates and
/// passwords rotate without a reload. While the files have errors, the previous configuration stays
/// in force.
struct WebConfigurationWatch: Sendable {
    let file: String
    let initial: WebConfiguration
    let server: HTTPServer
    let metrics: MetricRegistry
    let board: StatusBoard
    let clock: AgentClock
    let stop: StopSignal
    let logger: Logger

    private static let interval = Duration.seconds(1)

    func run() async {
        var inForce = initial
        var seen: FileFingerprint?
        var failure: String?
        while !stop.isRequested {
            _ = await stop.race { [clock] in try? await clock.sleep(Self.interval) }
            let now = FileFingerprint(inForce.files)
            // The error may be fixed in a file that is not watched yet.
            guard now != seen || failure != nil else { continue }
            seen = now
            do throws(StartError) {
                try adopt(Self.load(file), insteadOf: &inForce)
                seen = FileFingerprint(inForce.files)
                note(nil, &failure)
            } catch {
                note("\(error)", &failure)
            }
        }
    }

    private static func load(_ file: String) throws(StartError) -> WebConfiguration {
        do {
            return try WebConfiguration.load(file)
        } catch {
            throw .configuration(error)
        }
    }

    private func adopt(
        _ new: WebConfiguration,
        insteadOf old: inout WebConfiguration
    ) throws(StartError) {
        guard (new.tls == nil) == (old.tls == nil) else {
            throw .listen(
                "\(file): TLS cannot be switched on or off without a restart of the agent"
            )
        }
        // A file that is being rewritten may be empty for a moment; that must not disable
        // authentication.
        guard new.authenticator != nil || old.authenticator == nil else {
            throw .listen("\(file): users cannot all go without a restart of the agent")
        }
        if let tls = new.tls { server.replaceTLS(with: tls) }
        server.replaceAuthenticator(with: new.authenticator)
        board.hasUsers = new.authenticator != nil
        server.replace(defaultHeaders: new.headers, rateLimit: new.rateLimit)
        old = new
    }

    private static let trouble = "web_config_reload_failed"

    /// Logs each change once.
    private func note(_ problem: String?, _ failure: inout String?) {
        metrics.set(MetricCatalog.webReloadSuccessful, to: problem == nil ? 1 : 0)
        defer { failure = problem }
        guard problem != failure else { return }
        board.report(
            Self.trouble,
            problem.map { text in
                Trouble(
                    Self.trouble,
                    "the web configuration cannot be read; the one in force stays: "
                        + text.replacing("\n", with: "; "),
                    remedy: "correct it: graphwarden check web-config \(file)",
                    since: clock.now()
                )
            }
        )
        guard let problem else {
            return logger.info(
                "The web configuration is right again",
                metadata: ["filename": "\(file)"]
            )
        }
        for line in problem.split(separator: "\n") {
            logger.error(
                "Error reading the web configuration; the one in force stays",
                metadata: ["err": "\(line)"]
            )
        }
    }
}
