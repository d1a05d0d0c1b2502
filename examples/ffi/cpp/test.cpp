// The owners of dialgate.hpp: lifetimes, moves, exceptions, and that what is empty denies.
//
//     test FOLDER
#include <dialgate.hpp>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>
#include <type_traits>

static unsigned long passed, wrong;

static void expect(bool holds, const char *what)
{
    (holds ? passed : wrong)++;
    if (!holds)
        std::fprintf(stderr, "WRONG: %s: %s\n", what, dialgate_last_error());
}

static_assert(!std::is_copy_constructible_v<dialgate::Gate> && std::is_nothrow_move_constructible_v<dialgate::Gate>);
static_assert(!std::is_copy_constructible_v<dialgate::Campaign>);
static_assert(std::is_nothrow_move_assignable_v<dialgate::Reservation>);

template <typename Work> static std::uint32_t status_of(Work work)
{
    try {
        work();
    } catch (const dialgate::Error &error) {
        return error.what()[0] == '\0' ? 0 : error.status();
    }
    return DIALGATE_STATUS_OK;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    const std::string folder = std::string(argv[1]) + "/";

    dialgate::Campaign none;
    expect(!none && !none.check("+48223000000").may_call(), "a campaign that was never made denies");
    expect(none.check("+48223000000").status() == DIALGATE_STATUS_HANDLE_ZERO, "and says so");
    expect(!dialgate::Decision().may_call() && dialgate::Decision().status() == DIALGATE_STATUS_NONE, "an empty decision");
    expect(status_of([&] { dialgate::Gate missing(folder + "no.gate"); }) == DIALGATE_STATUS_OPEN, "no such snapshot");
    expect(status_of([&] { dialgate::Gate sealed(folder + "sealed.gate"); }) == DIALGATE_STATUS_OPEN, "no key");
    expect(status_of([&] { dialgate::Gate sealed(folder + "sealed.gate", folder + "acme.key"); }) == DIALGATE_STATUS_OK, "a key");

    dialgate::Gate gate(folder + "calls.gate");
    expect(status_of([&] { (void)gate.campaign("no-such", DIALGATE_CHANNEL_SMS); }) == DIALGATE_STATUS_PREPARE, "no such purpose");
    expect(status_of([&] { gate.replace(folder + "house.toml"); }) == DIALGATE_STATUS_OPEN, "no snapshot");
    dialgate::Campaign campaign = gate.campaign("acme", "own-offers", DIALGATE_CHANNEL_MANUAL_CALL);
    dialgate::Campaign moved = std::move(campaign);
    expect(!campaign.check("+48223000000").may_call(), "what was moved from denies");
    expect(moved.check("+48223000000").may_call(), "what it was moved to allows");
    campaign = std::move(moved);

    std::ifstream expected(folder + "expected.csv");
    std::string line;
    std::getline(expected, line);
    std::vector<std::uint64_t> numbers;
    std::vector<std::string> reasons;
    while (std::getline(expected, line)) {
        const std::size_t comma = line.find(',');
        const std::string number = line.substr(0, comma), reason = line.substr(comma + 1);
        const dialgate::Decision decision = campaign.check(number);
        expect(decision.may_call() == reason.empty() && decision.reason_name() == reason, number.c_str());
        expect(reason.empty() || decision.has_reason(decision.reason()), number.c_str());
        numbers.push_back(dialgate_number(number.c_str()));
        reasons.push_back(reason);
    }
    const std::vector<dialgate::Decision> decisions = campaign.screen(numbers);
    expect(decisions.size() == 1000, "a decision a number");
    for (std::size_t i = 0; i < decisions.size(); i++)
        expect(decisions[i].reason_name() == reasons[i] && decisions[i].may_call() == reasons[i].empty(), "in a batch");
    expect(campaign.screen({}).empty(), "an empty batch");
    expect(status_of([&] { (void)campaign.screen(numbers, 1); }) == DIALGATE_STATUS_INSTANT, "an instant in 1970");

    dialgate::Lead lead("+48223000000");
    lead.region("PL").party(DIALGATE_PARTY_BUSINESS).line(DIALGATE_LINE_FIXED).time_zone("Europe/Warsaw");
    expect(campaign.check(lead).may_call(), "a lead");
    expect(!campaign.check(lead.region("Atlantis")).may_call(), "a region that nobody knows");
    expect(campaign.explain("+48223000001").find("\"withdrawn\"") != std::string::npos, "an explanation");
    expect(status_of([&] { (void)campaign.explain("nobody"); }) == DIALGATE_STATUS_NUMBER, "an explanation of no number");

    dialgate::Ledger ledger(folder + "acme.ledger");
    gate.attach(ledger);
    dialgate::Reservation reservation = campaign.reserve("+48223000910");
    expect(static_cast<bool>(reservation) && reservation.decision().basis() == DIALGATE_BASIS_CONSENT, "a reservation");
    reservation.release();
    expect(status_of([&] { reservation.release(); }) == DIALGATE_STATUS_HANDLE_ZERO, "released twice");
    expect(!campaign.reserve("+48223000911"), "nothing is reserved for who withdrew");
    for (int i = 0; i < 3; i++)
        (void)campaign.reserve("+48223000912");
    expect(campaign.check("+48223000912").reason() == DIALGATE_REASON_ATTEMPT_CAP, "destroyed reservations count");

    char when[32];
    const std::time_t now = std::time(nullptr);
    std::strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
    const std::string number = "+48223000914";
    expect(campaign.check(number).may_call(), "before a withdrawal");
    ledger.record("{\"type\":\"withdrawal\",\"number\":\"" + number + "\",\"at\":\"" + when + "\"}");
    expect(!campaign.check(number).may_call(), "after a withdrawal");
    expect(status_of([&] { ledger.record("{}"); }) == DIALGATE_STATUS_RECORD_REFUSED, "no record");

    std::thread([&] { expect(campaign.check("+48223000000").may_call(), "from another thread"); }).join();
    gate = dialgate::Gate();
    expect(campaign.check("+48223000000").may_call(), "a campaign outlives its gate");
    std::printf("cpp: %lu passed, %lu wrong\n", passed, wrong);
    return wrong == 0 && passed > 0 ? 0 : 1;
}
