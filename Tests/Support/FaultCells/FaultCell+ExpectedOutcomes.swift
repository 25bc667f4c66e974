/// The expected state of a cell's incident after the fault has ended.
extension FaultCell {
    package var expectedOutcomes: Set<String> {
        switch moment {
        // The graph still hangs when the agent can observe it again.
        case .listing, .probe, .token, .job: ["verified"]
        case .detail: Self.afterDetail[row.name] ?? ["not sent"]
        case .restart: Self.afterRestart[row.name] ?? ["verified"]
        }
    }

    /// The read just before a restart fails: nothing is sent, and nothing for five minutes.
    private static let afterDetail: [String: Set<String>] = [
        // The answer is correct, or the client recovers by itself.
        "token revoked": ["verified"],
        "loose types": ["verified"],
        "wrong clock": ["verified"],
        // These start after the evidence was read: the gates may close before the second restart.
        "cloud silent": ["verified", "not sent"],
        "cloud refuses": ["verified", "not sent"],
        "cloud answers 503": ["verified", "not sent"],
        "certificate expired": ["verified", "not sent"],
        "of another host": ["verified", "not sent"],
        "of another authority": ["verified", "not sent"],
    ]

    private static let afterRestart: [String: Set<String>] = [
        // Not carried out, but the agent cannot know.
        "no answer": ["not landed"],
        "connection dropped": ["not landed"],
        "408": ["not landed"],
        "500": ["not landed"],
        "502 HTML": ["not landed"],
        "503 empty": ["not landed"],
        "504": ["not landed"],
        "redirect": ["not landed"],
        "200 HTML": ["not landed"],
        "200 garbage": ["not landed"],
        "200 with error code": ["not landed"],
        // An empty answer is a documented form of acceptance, but nothing happened.
        "200 empty": ["stalled"],
        // The gateway refused.
        "401": ["unauthorised"],
        "403": ["unauthorised"],
        "token revoked": ["unauthorised"],
        "429": ["throttled"],
        "429, seconds": ["throttled"],
        "429, date": ["throttled"],
        "job fails": ["stalled"],
        "ends in 300": ["stalled"],
        "stays in 901": ["stalled"],
        "nothing happens": ["stalled"],
    ]
}
