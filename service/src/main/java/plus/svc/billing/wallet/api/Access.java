package plus.svc.billing.wallet.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Right;
import plus.svc.billing.wallet.Command;
import plus.svc.billing.wallet.WalletReads;

/** Who may: by right, and by account where the token is bound to some. */
final class Access {

  private final WalletReads reads;

  Access(WalletReads reads) {
    this.reads = reads;
  }

  static void needs(Caller caller, Right right) {
    if (!caller.may(right)) {
      throw WalletFailure.denied("needs a token with the right " + right.text());
    }
  }

  static void uses(Caller caller, Collection<UUID> accounts) {
    if (!caller.mayUse(accounts)) {
      throw WalletFailure.denied("the token is bound to other accounts");
    }
  }

  /** What is not there is denied too: who is bound learns nothing of others. */
  void uses(Caller caller, Command command) {
    if (caller.accounts().isEmpty()) {
      return;
    }
    List<UUID> accounts = new ArrayList<>(command.accounts());
    if (command instanceof Command.SetUp setUp) {
      accounts.add(setUp.owner());
    } else if (command instanceof Command.Commit commit) {
      accounts.add(reads.accountOfHold(commit.hold()).orElse(commit.hold()));
    } else if (command instanceof Command.Release release) {
      accounts.add(reads.accountOfHold(release.hold()).orElse(release.hold()));
    } else if (command instanceof Command.Reverse reverse) {
      accounts.addAll(reads.accountsOf(reverse.operation()).values());
      if (accounts.isEmpty()) {
        accounts.add(reverse.operation());
      }
    }
    uses(caller, accounts);
  }

  /** A stored operation: all its accounts, or where it posted nothing its own request. */
  static void uses(Caller caller, WalletReads.Told told, Collection<UUID> accounts) {
    if (!caller.accounts().isEmpty() && accounts.isEmpty()) {
      if (!told.caller().equals(caller.name())) {
        throw WalletFailure.denied("the token is bound to other accounts");
      }
    } else {
      uses(caller, accounts);
    }
  }
}
