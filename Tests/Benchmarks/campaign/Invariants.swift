import Rehearsal

/// What must hold in every run, whatever happens in it.
struct Invariants {
    let scenario: RandomScenario

    /// One sentence for each violation.
    func violations(_ outcome: ScenarioOutcome) -> [String] {
        outcome.problems + wrong(outcome) + close(outcome.posts) + budget(outcome.posts)
            + paused(outcome.posts) + missed(outcome.posts) + unapproved(outcome.posts)
    }

    /// A graph that works is never restarted.
    private func wrong(_ outcome: ScenarioOutcome) -> [String] {
        outcome.wrongRestarts == 0
            ? [] : ["\(outcome.wrongRestarts) restarts of graphs that did not hang"]
    }

    /// Two requests for one graph are a cool-down apart.
    private func close(_ posts: [String: [Duration]]) -> [String] {
        posts.sorted { $0.key < $1.key }.flatMap { name, times in
            zip(times, times.dropFirst()).filter {
                $1 - $0 < .seconds(60 * RandomScenario.cooldown)
            }.map { "\(name): restarts at \($0.minutes) and \($1.minutes) min" }
        }
    }

    /// Three in any hour, ten in any day: the defaults.
    private func budget(_ posts: [String: [Duration]]) -> [String] {
        let times = posts.values.flatMap(\.self).sorted()
        return [(Duration.seconds(3600), 3), (.seconds(86_400), 10)].flatMap { span, most in
            times.indices.filter { index in
                let last = index + most
                return last < times.count && times[last] - times[index] < span
            }.map {
                "more than \(most) restarts in \(span.minutes) min from \(times[$0].minutes) min"
            }
        }
    }

    /// In mode approve a person agrees to each restart, at most an hour before it is prepared.
    private func unapproved(_ posts: [String: [Duration]]) -> [String] {
        guard scenario.asks else { return [] }
        return posts.sorted { $0.key < $1.key }.flatMap { name, times in
            times.filter { time in
                !scenario.agreements.contains { agreement in
                    let at = Duration.seconds(60 * agreement.at)
                    return agreement.graph == name && at <= time && time - at < .seconds(3900)
                }
            }.map { "\(name): restarted at \($0.minutes) min without approval" }
        }
    }

    /// Nothing is sent while a person has paused the fleet. A restart that was decided may go out
    /// within a minute. An agent that is down takes no orders, a crash may come before the answer, and a
    /// lost ledger loses them.
    private func paused(_ posts: [String: [Duration]]) -> [String] {
        let isKept = ["_agent", "_ledger", "fail_effect"].allSatisfy { !scenario.text.contains($0) }
        guard isKept else { return [] }
        return posts.flatMap { name, times in
            times.filter { time in
                scenario.pauses.contains { pause in
                    time > .seconds(60 * pause.lowerBound + 60)
                        && time < .seconds(60 * pause.upperBound)
                }
            }.map { "\(name): restarted at \($0.minutes) min although paused" }
        }
    }

    /// A plain hang is handled within an hour.
    private func missed(_ posts: [String: [Duration]]) -> [String] {
        scenario.hangs.filter(\.isPlain).filter { hang in
            let window = Duration.seconds(60 * hang.at)...(.seconds(60 * (hang.at + 60)))
            return !(posts[hang.graph] ?? []).contains(where: window.contains)
        }.map { "\($0.graph): hangs at \($0.at) min and is not restarted within an hour" }
    }
}

extension Duration {
    fileprivate var minutes: Int { Int(self / .seconds(60)) }
}
