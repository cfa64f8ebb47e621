//! Wilcoxon's signed-rank test: whether one of two things that are measured side by side tends to take longer. What the machine
//! does meanwhile hits both of a pair, and an outlier counts as one rank.

/// By how many standard deviations the signed ranks of the differences, in whatever unit, are off what they would be if either
/// of a pair were as likely to be the larger one.
pub fn z_score(differences: &[f64]) -> f64 {
    let mut by_size: Vec<f64> = differences.to_vec();
    by_size.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let signed_ranks = by_size.iter().enumerate().map(|(index, difference)| difference.signum() * (index as f64 + 1.0));
    let n = differences.len() as f64;
    signed_ranks.sum::<f64>() / (n * (n + 1.0) * (2.0 * n + 1.0) / 6.0).sqrt()
}

#[test]
fn tells_pairs_apart_that_differ() {
    // Differences that jump about between -500 and 500: 7919 is prime to 1000.
    let jumping = |offset: f64| (0..200).map(|n| f64::from((n * 7919 + 1) % 1000) - 500.0 + offset).collect::<Vec<_>>();
    assert!(z_score(&jumping(0.0)).abs() < 0.5);
    assert!(z_score(&jumping(100.0)) > 3.5);
    assert!(z_score(&jumping(-100.0)) < -3.5);
    // By hand: ranks 1, -2, 3; 2 / sqrt(14).
    assert!((z_score(&[1.0, 5.0, -3.0]) - 0.5345).abs() < 0.001);
}
