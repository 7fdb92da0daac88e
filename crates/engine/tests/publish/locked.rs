//! What a plan says of a lockfile that nobody brought in line before.

use crate::shop::Shop;

#[tokio::test(start_paused = true)]
async fn a_lockfile_that_was_stale_before_is_said_to_be() {
    let shop = Shop::new(&[("a", "1.0.0", &[])]).await;
    shop.world.builds().checks = true;
    shop.world.builds().locks = true;
    let shop =
        shop.commit(&[("lock.txt", "a = 0.9.0\n")], "chore: lock").await.change("a", "fix: count from zero").await;
    let error = shop.prepare().await.unwrap_err();
    assert_eq!(error.to_string(), "the lockfile is stale");
    let shop = shop.commit(&[("lock.txt", "a = 1.0.0\n")], "chore: lock again").await;
    shop.prepare().await.unwrap();
}
